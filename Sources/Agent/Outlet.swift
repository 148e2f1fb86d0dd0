internal import AgentProtocol
internal import Kernel

/// A stream from a process to the host.
final class Outlet {
    /// What is read at a time: one full stream must not hold up the others.
    private static let pieceSize = Frame.payloadLimit
    /// No stream is read while so much waits to be sent.
    private static let backlogLimit = 2 * Frame.payloadLimit

    let stream: AgentProtocol.StandardStream
    /// nil: nobody reads it any more.
    private var file: OwnedFD?
    /// Once the process has ended: how much of the stream is still its own. Others may hold it open for ever.
    private var remainder: Int?
    /// All was sent, or nothing more is wanted.
    private(set) var hasEnded = false

    init(_ stream: AgentProtocol.StandardStream, _ file: consuming OwnedFD) throws(SyscallError) {
        self.stream = stream
        try setBlocking(file, .refuses)
        self.file = consume file
    }

    /// nil: not now, or never again.
    func watch(_ link: Link, _ channel: UInt32) -> Watch? {
        guard canRead(link, channel), remainder == nil else { return nil }
        return switch file {
        case .some(let file): Watch(file, .readable)
        case .none: nil
        }
    }

    /// Nobody reads it any more: a process that writes to it gets EPIPE, as from a pipe without a reader.
    func abandon(_ link: Link, _ channel: UInt32) throws(AgentError) {
        guard !hasEnded else { return }
        file = nil
        try end(link, channel)
    }

    private func canRead(_ link: Link, _ channel: UInt32) -> Bool {
        !hasEnded && link.backlog < Self.backlogLimit && link.connection.room(stream, on: channel) > 0
    }

    /// The process is gone: what its stream holds now is the last of it.
    func limit(to kind: Kind) throws(SyscallError) {
        // What of a terminal's output is on its way is not counted, but a read finds it.
        switch file {
        case .some(let file): remainder = kind == .terminal ? Int(Frame.initialCredit) : try readableBytes(of: file)
        case .none: remainder = 0
        }
    }

    enum Kind { case pipe, terminal }

    /// Sends what is there, as much as fits in one frame.
    func pump(_ link: Link, _ channel: UInt32) throws(AgentError) {
        guard !hasEnded else { return }
        if remainder == 0 { return try end(link, channel) }
        guard canRead(link, channel) else { return }
        let room = link.connection.room(stream, on: channel)
        let bytes: [UInt8]
        do throws(SyscallError) {
            switch file {
            case .some(let file): bytes = try read(file, count: min(room, Self.pieceSize, remainder ?? .max))
            case .none: return
            }
        } catch {
            switch error.errno {
            case .tryAgain:
                if remainder != nil { try end(link, channel) }
                return
            // Every slave of the terminal is closed.
            case .ioError: return try end(link, channel)
            default: throw .guest("read a stream", error)
            }
        }
        if bytes.isEmpty { return try end(link, channel) }
        if let left = remainder { remainder = left - bytes.count }
        try link.send(Frame(channel, .bytes(stream, bytes)))
    }

    private func end(_ link: Link, _ channel: UInt32) throws(AgentError) {
        hasEnded = true
        try link.send(Frame(channel, .end(stream)))
    }
}
