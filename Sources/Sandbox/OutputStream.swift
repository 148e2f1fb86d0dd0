internal import AgentProtocol
internal import Kernel

/// A stream of a process in the guest, on its way to the file that the host has for it.
final class OutputStream {
    /// Credit goes back in pieces of this size at least.
    private static let creditSize = Frame.payloadLimit
    /// pipe(7), PIPE_BUF: a pipe that is ready takes as much without waiting.
    private static let cautiousSize = 4096

    let stream: AgentProtocol.StandardStream
    /// nil: closed, as its stream is in the guest, or left by its readers.
    private var file: OwnedFD?
    /// How much is written at once.
    private let pieceSize: Int
    private var queue = ByteQueue()
    private var hasEnded = false
    /// Bytes gone on for which no credit was given back.
    private var taken = 0

    init(_ stream: AgentProtocol.StandardStream, _ file: consuming OwnedFD) throws(SyscallError) {
        self.stream = stream
        let kind = try status(of: file).kind
        let own = kind == .fifo || kind == .characterDevice ? reopened(file) : nil
        if let own {
            self.file = consume own
            pieceSize = Frame.payloadLimit
        } else {
            self.file = consume file
            pieceSize = kind == .regular ? Frame.payloadLimit : Self.cautiousSize
        }
    }

    /// nil: nothing to write.
    var watch: Watch? {
        guard !queue.isEmpty else { return nil }
        return switch file {
        case .some(let file): Watch(file, .writable)
        case .none: nil
        }
    }

    /// Everything was written, or there is nobody to read it.
    var isFlushed: Bool { queue.isEmpty }

    func append(_ bytes: [UInt8]) { queue.append(bytes) }

    func end() { hasEnded = true }

    /// Writes what is taken without waiting, and grants credit for it. False: nobody reads it any more.
    func pump(_ line: inout Line, _ channel: UInt32) throws(SandboxError) -> Bool {
        var hasReader = true
        while !queue.isEmpty {
            guard let count = try write(&hasReader) else { break }
            queue.removeFirst(count)
            taken += count
        }
        if taken >= Self.creditSize || (queue.isEmpty && taken > 0) {
            try line.send(.credit(stream, UInt32(taken)), on: channel)
            taken = 0
        }
        if hasEnded && queue.isEmpty { file = nil }
        return hasReader
    }

    /// How much of the queue's first bytes is gone; nil: none can go now.
    private func write(_ hasReader: inout Bool) throws(SandboxError) -> Int? {
        do throws(SyscallError) {
            switch file {
            case .none: return queue.first.count
            case .some(let file):
                if pieceSize == Self.cautiousSize, try poll([Watch(file, .writable)], until: .passed) == nil { return nil }
                return try writeSome(queue.first.prefix(pieceSize), to: file)
            }
        } catch {
            switch error.errno {
            case .tryAgain: return nil
            // A pipe without a reader, a terminal without a master, a full disk: the process's own write would have failed.
            default:
                file = nil
                hasReader = false
                return queue.first.count
            }
        }
    }
}

/// The same file, opened anew so that writing never waits: the caller's own descriptor of it stays as it is.
private func reopened(_ file: borrowing OwnedFD) -> OwnedFD? {
    do throws(SyscallError) {
        return try open("/proc/self/fd/\(file.raw)", [.writeOnly, .nonBlocking, .noControllingTerminal])
    } catch { return nil }
}
