internal import AgentProtocol
internal import Kernel

/// A stream from the host to a process.
final class Inlet {
    /// Credit goes back in pieces of this size at least.
    private static let creditSize = Frame.payloadLimit

    /// nil: there is none yet, or none any more.
    private var file: OwnedFD?
    private var isOver = false
    private var queue = ByteQueue()
    /// Bytes gone on for which no credit was given back.
    private var taken = 0
    private var endsAfterQueue = false

    /// What comes waits until there is a file.
    init() {}

    func connect(_ file: consuming OwnedFD) throws(SyscallError) {
        try setBlocking(file, .refuses)
        self.file = consume file
    }

    /// nil: nothing to write, or nowhere.
    var watch: Watch? {
        guard !queue.isEmpty else { return nil }
        switch file {
        case .some(let file): return Watch(file, .writable)
        case .none: return nil
        }
    }

    func append(_ bytes: [UInt8]) { queue.append(bytes) }

    /// No bytes follow.
    func end() { endsAfterQueue = true }

    /// Passes on what the process takes, and grants credit for it.
    func pump(_ link: Link, _ channel: UInt32) throws(AgentError) {
        while !queue.isEmpty {
            guard let count = try write() else { break }
            queue.removeFirst(count)
            taken += count
        }
        if taken >= Self.creditSize || (queue.isEmpty && taken > 0) {
            try link.send(Frame(channel, .credit(.input, UInt32(taken))))
            taken = 0
        }
        if endsAfterQueue && queue.isEmpty { close() }
    }

    /// How much of the queue's first bytes went away; nil: none can now.
    private func write() throws(AgentError) -> Int? {
        if isOver { return queue.first.count }
        do throws(SyscallError) {
            switch file {
            case .some(let file): return try writeSome(queue.first, to: file)
            case .none: return nil
            }
        } catch {
            switch error.errno {
            case .tryAgain: return nil
            // Nobody will ever read it.
            case .brokenPipe, .ioError:
                close()
                return queue.first.count
            default: throw .guest("write to a process", error)
            }
        }
    }

    private func close() {
        isOver = true
        file = nil
    }
}
