internal import JSON
internal import Kernel

/// A client of QEMU's monitor (QMP). QEMU is taken for hostile: its lines are bounded, and a deadline holds over all that it says.
final class Monitor {
    private let socket: OwnedFD
    private var received: [UInt8] = []
    private var lastID: Int64 = 0
    /// Bytes of one line.
    private static let limit = 1 << 20

    /// Takes the greeting and leaves the negotiation behind. `socket` is connected; it is set not to wait.
    init(_ socket: consuming OwnedFD, until deadline: Deadline) throws(MachineError) {
        do throws(SyscallError) { try setBlocking(socket, .refuses) } catch { throw .refused("QEMU's monitor", error) }
        self.socket = socket
        guard case .object? = try next("greeting", deadline)["QMP"] else { throw .monitor("greeting", "is none of QMP's") }
        _ = try execute("qmp_capabilities", until: deadline)
    }

    /// Has a command done; the result is what it returns.
    func execute(_ command: String, _ arguments: Value = .object([]), until deadline: Deadline) throws(MachineError) -> Value {
        try write(command, arguments, deadline) { (bytes: ArraySlice<UInt8>) throws(SyscallError) in try send(Array(bytes), on: socket) }
        return try answer(to: command, deadline)
    }

    /// Hands a descriptor over under a name, which later commands take for it (`getfd`).
    func pass(_ fd: borrowing OwnedFD, as name: String, until deadline: Deadline) throws(MachineError) {
        let arguments: Value = ["fdname": .string(name)]
        var isFirst = true
        try write("getfd", arguments, deadline) { (bytes: ArraySlice<UInt8>) throws(SyscallError) in
            guard isFirst else { return try send(Array(bytes), on: socket) }
            let count = try send(Array(bytes), with: fd, on: socket)
            isFirst = false
            return count
        }
        _ = try answer(to: "getfd", deadline)
    }

    private func write(
        _ command: String, _ arguments: Value, _ deadline: Deadline, _ send: (ArraySlice<UInt8>) throws(SyscallError) -> Int
    ) throws(MachineError) {
        lastID += 1
        let message: Value = ["execute": .string(command), "arguments": arguments, "id": .number("\(lastID)")]
        var rest = Array((message.text(.compact) + "\n").utf8)[...]
        while !rest.isEmpty {
            do throws(SyscallError) { rest = rest.dropFirst(try send(rest)) } catch {
                guard error.errno == .tryAgain else { throw .monitor(command, "\(error)") }
                try wait(.writable, command, deadline)
            }
        }
    }

    private func answer(to command: String, _ deadline: Deadline) throws(MachineError) -> Value {
        while true {
            let message = try next(command, deadline)
            // What happened meanwhile is told between.
            if message["event"] != nil { continue }
            guard message["id"] == .number("\(lastID)") else { throw .monitor(command, "the answer is another's") }
            if let value = message["return"] { return value }
            guard case .string(let problem)? = message["error"]?["desc"] else { throw .monitor(command, "the answer is none") }
            throw .monitor(command, String(problem.prefix(500)))
        }
    }

    private func next(_ awaited: String, _ deadline: Deadline) throws(MachineError) -> Value {
        while true {
            // Whoever never stops talking is never waited for.
            guard !deadline.hasPassed else { throw Self.late(awaited) }
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(received[..<end])
                received.removeFirst(end + 1)
                do throws(JSONError) { return try parse(line, Limits(bytes: Self.limit, depth: 32)) } catch {
                    throw .monitor(awaited, "\(error)")
                }
            }
            guard received.count < Self.limit else { throw .monitor(awaited, "a line of more than \(Self.limit) bytes") }
            try wait(.readable, awaited, deadline)
            let bytes: [UInt8]
            do throws(SyscallError) { bytes = try read(socket, count: 1 << 16) } catch { throw .monitor(awaited, "\(error)") }
            guard !bytes.isEmpty else { throw .monitor(awaited, "QEMU has hung up") }
            received += bytes
        }
    }

    private func wait(_ interest: Readiness, _ awaited: String, _ deadline: Deadline) throws(MachineError) {
        do throws(SyscallError) {
            if try poll([Watch(socket, interest)], until: deadline) != nil { return }
        } catch { throw .monitor(awaited, "\(error)") }
        throw Self.late(awaited)
    }

    private static func late(_ awaited: String) -> MachineError { .monitor(awaited, "no answer in time") }
}
