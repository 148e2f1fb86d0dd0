internal import AgentProtocol
internal import Kernel

/// One who has something to ask of the agent, over the supervisor's control socket.
struct Inquiry {
    private let connection: ControlConnection
    private var line = Line()

    init(root: String, sandbox: String) throws(SandboxError) { connection = try ControlConnection(root: root, sandbox: sandbox) }

    /// Waits for the answer no longer than for any.
    mutating func ask(_ request: Request, _ what: @autoclosure () -> String) throws(SandboxError) -> Answer {
        let channel = try line.open(request)
        let deadline = Deadline.after(Patience.answer)
        while true {
            guard !deadline.hasPassed, let events = try next(until: deadline) else {
                throw .failed("waited \(Patience.answer) for \(what())")
            }
            for event in events where event.channel == channel { if case .answer(let answer) = event.what { return answer } }
        }
    }

    /// What comes next; nil: the deadline did. `others` end the wait as well.
    mutating func next(until deadline: Deadline, or others: [Watch] = []) throws(SandboxError) -> [Line.Event]? {
        let watches = connection.watches(for: line)
        guard let ready = try step("wait", { () throws(SyscallError) in try poll(watches + others, until: deadline) }) else { return nil }
        return try connection.exchange(&line, Array(ready.prefix(watches.count)))
    }
}
