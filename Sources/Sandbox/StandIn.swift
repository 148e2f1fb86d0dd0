internal import AgentProtocol
internal import Kernel
internal import Launch

/// The process of the host that stands for one in the guest: what happens to the one happens to the other.
///
/// One thread, one loop. All that it waits for it goes on serving the rest meanwhile.
final class StandIn {
    private let transport: any Transport
    var line = Line()
    private let signals: SignalFD
    /// The runtime; nil: it is not needed any more.
    private var runtime: OwnedFD?
    private var lastWord: Word?
    /// The fifos of a container that is not started; nil: it is, or this is none.
    private var gate: OwnedFD?
    private var report: OwnedFD?
    private var isGateOpen = false
    private(set) var process: GuestProcess?
    /// The directory of the socket at which somebody waits to hear that the program is ready; nil: nobody does.
    private let notify: OwnedFD?
    /// Answers to requests that are no process's.
    private var answers: [UInt32: Answer] = [:]

    /// All signals must be blocked.
    init(
        _ transport: any Transport, runtime: consuming OwnedFD, gate: consuming OwnedFD?, report: consuming OwnedFD?,
        notify: consuming OwnedFD?
    ) throws(SyscallError) {
        self.transport = transport
        self.notify = notify
        self.runtime = consume runtime
        self.gate = gate
        self.report = report
        signals = try SignalFD(.all)
    }

    /// Serves until `isDone`; past `patience` it fails with what was waited for.
    func serve(until isDone: () -> Bool, within patience: Duration?, _ what: @autoclosure () -> String) throws(SandboxError) {
        let deadline = patience.map(Deadline.after) ?? .never
        while !isDone() {
            // A guest that never stops printing gives every turn something to do.
            guard !deadline.hasPassed, try turn(until: deadline) else {
                throw .failed("waited \(patience ?? .zero) for \(what())\(try transport.lastWords())")
            }
        }
    }

    private func turn(until deadline: Deadline) throws(SandboxError) -> Bool {
        // What there is to say goes before the wait for what may be said to it.
        for event in try transport.exchange(&line, []) { take(event) }
        var watches = [Watch(signals.descriptor, .readable)]
        let runtimePlace = watches.count
        add(runtime, to: &watches)
        let gatePlace = watches.count
        if !isGateOpen { add(gate, to: &watches) }
        let transportPlace = watches.count
        watches += transport.watches(for: line)
        let processPlace = watches.count
        let readsInput = process?.watchesInput(line) ?? false
        watches += process?.watches(line) ?? []
        let all = watches
        guard let ready = try step("wait", { () throws(SyscallError) in try poll(all, until: deadline) }) else { return false }
        if runtimePlace < gatePlace, !ready[runtimePlace].isEmpty { try hearRuntime() }
        if gatePlace < transportPlace, !ready[gatePlace].isEmpty { isGateOpen = true }
        while let signal = try step("signals", { () throws(SyscallError) in try signals.next() }) { try process?.take(signal, &line) }
        for event in try transport.exchange(&line, Array(ready[transportPlace..<processPlace])) { take(event) }
        try process?.pump(&line, Array(ready[processPlace...]), hadInput: readsInput)
        return true
    }

    private func take(_ event: Line.Event) {
        if case .notice(.ready) = event.what { tellReadiness() }
        if let process, process.channel == event.channel { return process.take(event.what) }
        if case .answer(let answer) = event.what { answers[event.channel] = answer }
    }

    private func add(_ fd: borrowing OwnedFD?, to watches: inout [Watch]) {
        switch fd {
        case .some(let fd): watches.append(Watch(fd, .readable))
        case .none: break
        }
    }
}

// The runtime.
extension StandIn {
    private func hearRuntime() throws(SandboxError) {
        switch runtime {
        case .some(let socket):
            guard let word = try step("the runtime", { () throws(SyscallError) in try Word.receive(from: socket) }) else {
                throw .abandoned
            }
            lastWord = word
        case .none: break
        }
    }

    /// Waits for the runtime's word. It has deadlines of its own, and its end is told.
    func awaitRuntime() throws(SandboxError) {
        try serve(until: { lastWord == .goOn }, within: nil, "the runtime")
        lastWord = nil
    }

    func tell(_ word: Word) throws(SandboxError) {
        switch runtime {
        case .some(let socket):
            do throws(SyscallError) { try word.send(on: socket) } catch { throw .abandoned }
        case .none: break
        }
    }

    /// It goes on without us, and we without it.
    func leaveRuntime() { runtime = nil }
}

// The agent.
extension StandIn {
    func awaitHello(within patience: Duration, _ what: @autoclosure () -> String) throws(SandboxError) {
        try serve(until: { line.isGreeted }, within: patience, what())
    }

    @discardableResult
    func ask(_ request: Request, within patience: Duration, _ what: @autoclosure () -> String) throws(SandboxError) -> Answer {
        let channel = try line.open(request)
        try serve(until: { answers[channel] != nil }, within: patience, what())
        return answers.removeValue(forKey: channel) ?? .failed("")
    }

    /// Makes the process, with our streams as its own. Returns once the agent has answered.
    func launch(
        _ request: Request, _ streams: [AgentProtocol.StandardStream], _ terminal: GuestProcess.Terminal, within patience: Duration
    ) throws(SandboxError) {
        let channel = try line.open(request)
        let process = try step("the streams") { () throws(SyscallError) in try GuestProcess(channel, streams, terminal) }
        self.process = process
        try serve(until: { process.answer != nil }, within: patience, "the guest to make the process")
        if case .failed(let text) = process.answer { throw .failed(text) }
    }

    /// Its program runs.
    func begin() throws(SandboxError) { try process?.begin(&line) }

    /// Waits for the end of the process, with all it has said on its way; nil: it never was.
    func awaitEnd(within patience: Duration? = nil) throws(SandboxError) -> Notice.End? {
        guard let process else { return nil }
        try serve(until: { process.end != nil }, within: patience, "the end of the process")
        // One that was killed is not waited for: what its readers do not take, it could not have written either.
        if case .code = process.end { try serve(until: { process.isFlushed }, within: nil, "the readers of its output") }
        return process.end
    }
}

// The gate.
extension StandIn {
    enum Opened { case gate, ended }

    /// Waits until the container is started, or its process ends before.
    func awaitGate() throws(SandboxError) -> Opened {
        try serve(until: { isGateOpen || process?.end != nil }, within: nil, "the start of the container")
        return process?.end == nil ? .gate : .ended
    }

    /// Tells `start` what came of it. The fifos go in the order of execve(2): who looks sees it started only when all is told.
    func tellStart(_ words: [UInt8]) throws(SandboxError) {
        try step("tell `start`") { () throws(SyscallError) in
            switch report {
            case .some(let fifo): try write(words, to: fifo)
            case .none: break
            }
        }
        report = nil
        gate = nil
        isGateOpen = true
    }

    /// Tells who waits for it, in the program's place.
    private func tellReadiness() {
        switch notify {
        case .some(let directory):
            do throws(SyscallError) { try NotifySocket.tellReadiness(in: directory) } catch {
                // Nobody waits any more.
                _ = error
            }
        case .none: break
        }
    }
}
