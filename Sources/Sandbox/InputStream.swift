internal import AgentProtocol
internal import Kernel

/// The file that the host has for a process's input, on its way to the guest.
final class InputStream {
    enum Kind { case file, terminal }

    /// nil: at its end.
    private var file: OwnedFD?
    private let kind: Kind

    init(_ file: consuming OwnedFD, _ kind: Kind) {
        self.file = consume file
        self.kind = kind
    }

    /// nil: at its end, or nothing can go on now.
    func watch(_ line: Line, _ channel: UInt32) -> Watch? {
        guard line.room(on: channel) > 0 else { return nil }
        return switch file {
        case .some(let file): Watch(file, .readable)
        case .none: nil
        }
    }

    /// Takes what is there, once it is ready.
    func pump(_ line: inout Line, _ channel: UInt32) throws(SandboxError) {
        let room = min(line.room(on: channel), Frame.payloadLimit)
        guard room > 0 else { return }
        let bytes: [UInt8]
        do throws(SyscallError) {
            switch file {
            case .none: return
            case .some(let file): bytes = try read(file, count: room)
            }
        } catch {
            if error.errno == .tryAgain { return }
            // It cannot be read: a terminal without a master, or nothing to be read from.
            return try end(&line, channel)
        }
        if bytes.isEmpty { return try end(&line, channel) }
        try line.send(.bytes(.input, bytes), on: channel)
    }

    /// A terminal's input has no end: its user hangs up.
    private func end(_ line: inout Line, _ channel: UInt32) throws(SandboxError) {
        file = nil
        if kind == .file { try line.send(.end(.input), on: channel) }
    }
}
