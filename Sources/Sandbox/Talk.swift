internal import Kernel

/// What the runtime and the process that it has started say to each other, a packet each.
enum Word: Hashable {
    /// From the runtime: the hooks are done; later: the process is its own from here on.
    case goOn
    /// From the process: there is nothing left but what it waits for.
    case parked
    /// From the process: the program in the guest runs.
    case executed
    /// From the process, which ends over it.
    case failed(String)

    /// Of what a failure says, as much as a packet takes.
    private static let textLimit = 32 << 10

    var bytes: [UInt8] {
        switch self {
        case .goOn: [1]
        case .parked: [2]
        case .executed: [3]
        case .failed(let text): [4] + text.utf8.prefix(Self.textLimit)
        }
    }

    init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case 1: self = .goOn
        case 2: self = .parked
        case 3: self = .executed
        case 4: self = .failed(String(decoding: bytes.dropFirst(), as: UTF8.self))
        default: return nil
        }
    }

    func send(on socket: borrowing OwnedFD) throws(SyscallError) { _ = try Kernel.send(bytes, on: socket) }

    /// nil: the other side is gone.
    static func receive(from socket: borrowing OwnedFD) throws(SyscallError) -> Word? {
        do throws(SyscallError) { return Word(try Kernel.receive(socket, count: textLimit + 1).bytes) } catch {
            // Told once when the other side has left something unread; what it has said before comes after that.
            guard error.errno == .connectionReset else { throw error }
            return Word(try Kernel.receive(socket, count: textLimit + 1).bytes)
        }
    }
}

/// What is written to the fifo `report` when the gate was opened.
enum Report {
    static let executing: [UInt8] = [1]
    /// PIPE_BUF of pipe(7): more might come in two.
    private static let limit = 4096

    static func failed(_ text: String) -> [UInt8] { [2] + text.utf8.prefix(limit - 1) }
}
