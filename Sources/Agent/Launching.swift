internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Launch
internal import Lifecycle
internal import Spec

/// The ends of a new process's streams that become its own: the worker has them, the agent gives them up.
private struct Ends: ~Copyable {
    var input: OwnedFD?
    var output: OwnedFD?
    var errors: OwnedFD?
}

// Processes, from their orders to their ends.
extension Service {
    func launch(_ order: CreateOrder, on channel: UInt32) throws(AgentError) {
        let notifyPath = Path.join(notifyDirectory(in: Path.join(Place.state, order.id)), NotifySocket.name)
        let session = Session(channel, order.id, .container, notifyPath: order.tellsReadiness ? notifyPath : nil)
        try launch(session, order.streams, order.hasTerminal) { (console) throws(LifecycleError) in
            try create(order, console: console)
        }
    }

    func launch(_ order: ExecOrder, on channel: UInt32) throws(AgentError) {
        let session = Session(channel, order.id, .process)
        session.killsBefore = memoryKills(of: order.id)
        try launch(session, order.streams, order.hasTerminal) { (console) throws(LifecycleError) in
            try exec(order, console: console, files: "\(Place.requests)/\(channel)")
        }
    }

    private func launch(
        _ session: Session, _ streams: [AgentProtocol.StandardStream], _ hasTerminal: Bool,
        _ work: (_ console: String?) throws(LifecycleError) -> Outcome
    ) throws(AgentError) {
        let console = hasTerminal ? "\(Place.requests)/\(session.channel).console" : nil
        let ends: Ends
        do throws(SyscallError) {
            if let console { session.console = try Console(console) }
            if streams.contains(.input) { session.inlet = Inlet() }
            ends = try session.connect(streams, hasTerminal)
        } catch { return try answer(.failed("\(error)"), on: session.channel) }
        let passed = Worker.Streams(input: ends.input.number, output: ends.output.number, errors: ends.errors.number)
        jobs.append(Job(try Worker(passed) { () throws(LifecycleError) in try work(console) }, session.channel, session))
        sessions.append(session)
    }

    /// A worker has said something.
    func hear(_ job: Job) throws(AgentError) {
        guard jobs.contains(where: { $0 === job }), let report = try job.worker.report() else { return }
        try settle(job, report)
    }

    private func settle(_ job: Job, _ report: Worker.Report) throws(AgentError) {
        jobs.removeAll { $0 === job }
        guard let session = job.session else {
            guard let channel = job.channel else { return }
            try link.send(message: report.answer, on: channel)
            return try link.close(channel)
        }
        try link.send(message: report.answer, on: session.channel)
        guard report.pid > 0 else {
            sessions.removeAll { $0 === session }
            return try link.close(session.channel)
        }
        try session.begin(report.pid)
        if session.isForsaken { return try end(session) }
        guard let console = session.console.take() else { return }
        try session.attach(try step("receive a terminal") { () throws(SyscallError) in try console.receive() })
    }

    /// The host has let go of a process: it ends, a container with all that is in it.
    func forsake(_ session: Session) throws(AgentError) {
        session.isForsaken = true
        session.outlets = []
        session.inlet = nil
        if session.pid > 0 { try end(session) }
    }

    private func end(_ session: Session) throws(AgentError) {
        guard session.end == nil else { return }
        try session.send(.kill)
        guard session.kind == .container else { return }
        let id = session.id
        jobs.append(
            Job(
                try Worker(.none) { () throws(LifecycleError) in
                    try perform(.kill(id: id, signal: Signal.kill.rawValue, .all))
                }, nil))
    }

    /// Children have ended: processes of sessions, workers, orphans.
    func reap() throws(AgentError) {
        try step("reap") { () throws(SyscallError) in try drainSignals() }
        while let child = try step("reap", { () throws(SyscallError) in try reapChild() }) { try ended(child) }
    }

    private func ended(_ child: EndedChild) throws(AgentError) {
        if let job = jobs.first(where: { $0.worker.pid == child.pid }) {
            let report = try job.worker.report()
            let text = Answer.failed("the agent's worker has ended: \(child.status)").text
            return try settle(job, report ?? Worker.Report(pid: 0, answer: text))
        }
        // What a worker launched is the agent's child once that has ended, which has told its pid before.
        if !sessions.contains(where: { $0.pid == child.pid }) {
            for job in jobs where job.session != nil { try hear(job) }
        }
        guard let session = sessions.first(where: { $0.pid == child.pid && $0.end == nil }) else { return }
        let now = Timestamp.now()
        try session.finish(
            Session.End(
                status: child.status, nanoseconds: now.nanosecondsSinceEpoch,
                wasOutOfMemory: memoryKills(of: session.id) > session.killsBefore))
    }

    /// Passes on that a container's program is ready, if it has told.
    func hearReadiness(_ session: Session) throws(AgentError) {
        guard try session.takeReadiness() else { return }
        try link.send(message: Notice.ready.text, on: session.channel)
    }

    /// Sends what an ended process has left, and when that is all, how it ended.
    func conclude(_ session: Session) throws(AgentError) {
        guard let end = session.end else { return }
        if !session.isForsaken {
            try hearReadiness(session)
            for outlet in session.outlets { try outlet.pump(link, session.channel) }
            guard session.outlets.allSatisfy(\.hasEnded) else { return }
            let how: Notice.End =
                switch end.status {
                case .exited(let code): .code(code)
                case .signaled(let signal, _): .signal(signal.rawValue)
                }
            let notice = Notice.exited(how, nanoseconds: end.nanoseconds, wasOutOfMemory: end.wasOutOfMemory)
            try link.send(message: notice.text, on: session.channel)
        }
        sessions.removeAll { $0 === session }
        try link.close(session.channel)
    }

    private func drainSignals() throws(SyscallError) { while try signals.next() != nil {} }

    /// Reaps; whether there is nobody left to be reaped later.
    func hasNoChildren() throws(SyscallError) -> Bool {
        while try reapChild() != nil {}
        return try !hasChildren()
    }
}

extension Session {
    /// Makes the process's pipes, and keeps the agent's ends.
    fileprivate func connect(
        _ streams: [AgentProtocol.StandardStream], _ hasTerminal: Bool
    ) throws(SyscallError) -> Ends {
        var ends = Ends()
        if hasTerminal { return ends }
        if let inlet {
            let pipe = try Pipe()
            try inlet.connect(pipe.writer)
            ends.input = consume pipe.reader
        }
        for stream in streams where stream != .input {
            let pipe = try Pipe()
            outlets.append(try Outlet(stream, pipe.reader))
            if stream == .output { ends.output = consume pipe.writer } else { ends.errors = consume pipe.writer }
        }
        return ends
    }
}

extension Optional where Wrapped == OwnedFD {
    fileprivate var number: Int32? {
        switch self {
        case .some(let fd): fd.raw
        case .none: nil
        }
    }
}
