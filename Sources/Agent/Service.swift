internal import AgentProtocol
internal import Cgroups
internal import JSON
internal import Kernel
internal import Lifecycle

/// The loop: what the host asks, what workers tell, what processes say and how they end.
final class Service {
    /// A verb that a worker is at.
    final class Job {
        let worker: Worker
        /// nil: nobody waits for the answer.
        let channel: UInt32?
        /// Whose process it launches.
        let session: Session?

        init(_ worker: Worker, _ channel: UInt32?, _ session: Session? = nil) {
            self.worker = worker
            self.channel = channel
            self.session = session
        }
    }

    let link: Link
    let signals: SignalFD
    private var isConfigured = false
    var jobs: [Job] = []
    var sessions: [Session] = []
    private var watches: [MemoryWatch] = []

    init(link: Link) throws(AgentError) {
        self.link = link
        signals = try step("wait for children") { () throws(SyscallError) in try SignalFD(SignalSet(.childEnded)) }
    }

    /// Until the host is gone, or has the machine switched off.
    func run() throws(AgentError) {
        while true {
            for (source, readiness) in try wait() where !readiness.isEmpty { try serve(source) }
            for session in sessions where session.end != nil { try conclude(session) }
            try link.flush()
        }
    }

    private enum Source {
        case host, children
        case job(Job)
        case outlet(Outlet, Session)
        case inlet(Inlet, Session)
        case program(Session)
        case memory(MemoryWatch)
    }

    private func wait() throws(AgentError) -> [(Source, Readiness)] {
        var sources: [(Source, Watch)] = [(.host, link.watch), (.children, Watch(signals.descriptor, .readable))]
        for job in jobs { sources.append((.job(job), job.worker.watch)) }
        for watch in watches { sources.append((.memory(watch), watch.watch)) }
        for session in sessions where session.end == nil && !session.isForsaken {
            for outlet in session.outlets {
                if let watch = outlet.watch(link, session.channel) { sources.append((.outlet(outlet, session), watch)) }
            }
            if let inlet = session.inlet, let watch = inlet.watch { sources.append((.inlet(inlet, session), watch)) }
            if let watch = session.notifyWatch { sources.append((.program(session), watch)) }
        }
        let ready = try step("wait") { () throws(SyscallError) in try poll(sources.map(\.1)) } ?? []
        return zip(sources, ready).map { ($0.0.0, $0.1) }
    }

    /// What was ready when the wait ended, unless what was done since has made an end of it.
    private func serve(_ source: Source) throws(AgentError) {
        switch source {
        case .host:
            for frame in try link.receive() { try take(frame) }
        case .children: try reap()
        case .job(let job): try hear(job)
        case .outlet(let outlet, let session): if !session.isForsaken { try outlet.pump(link, session.channel) }
        case .inlet(let inlet, let session): if session.inlet === inlet { try inlet.pump(link, session.channel) }
        case .program(let session): if !session.isForsaken { try hearReadiness(session) }
        case .memory(let watch): if watches.contains(where: { $0 === watch }) { try look(watch) }
        }
    }
}

// The host.
extension Service {
    private func take(_ frame: Frame) throws(AgentError) {
        let session = sessions.first { $0.channel == frame.channel }
        switch frame.content {
        case .hello, .open, .credit: break
        case .close: try closed(frame.channel, session)
        case .message(let text, _):
            if let session { return try instruct(session, text) }
            guard !isBusy(frame.channel) else { throw .host("a second request on a channel") }
            try begin(text, on: frame.channel)
        case .bytes(_, let bytes):
            guard let session, session.end == nil else { break }
            guard let inlet = session.inlet else { throw .host("input, which was not asked for") }
            inlet.append(bytes)
            try inlet.pump(link, frame.channel)
        case .end:
            guard let session, let inlet = session.inlet else { break }
            inlet.end()
            try inlet.pump(link, frame.channel)
        }
    }

    private func isBusy(_ channel: UInt32) -> Bool {
        jobs.contains { $0.channel == channel } || watches.contains { $0.channel == channel }
    }

    private func instruct(_ session: Session, _ text: [UInt8]) throws(AgentError) {
        let instruction: Instruction
        do throws(ProtocolError) { instruction = try Instruction(text) } catch { throw .host("\(error)") }
        switch instruction {
        case .signal(let number): try session.send(Signal(rawValue: number))
        case .resize(let rows, let columns): session.resize(to: WindowSize(rows: rows, columns: columns))
        case .abandon(let stream):
            // A terminal stays for whoever else has it open.
            guard let outlet = session.outlets.first(where: { $0.stream == stream }), session.kindOfStreams == .pipe else { break }
            try outlet.abandon(link, session.channel)
        }
    }

    /// The last of a channel that carries one answer.
    func answer(_ answer: Answer, on channel: UInt32) throws(AgentError) {
        try link.send(message: answer.text, on: channel)
        try link.close(channel)
    }

    private func begin(_ text: [UInt8], on channel: UInt32) throws(AgentError) {
        let request: AgentProtocol.Request
        // The frame is sound: one request that cannot be read is no reason to end what others have here.
        do throws(ProtocolError) { request = try AgentProtocol.Request(text) } catch {
            return try answer(.failed("\(error)"), on: channel)
        }
        if case .configure(let settings) = request { return try answer(configure(settings), on: channel) }
        guard isConfigured else { return try answer(.failed("the guest is not configured"), on: channel) }
        switch request {
        case .create(let order): try launch(order, on: channel)
        case .exec(let order): try launch(order, on: channel)
        case .watch(let id): try watch(id, on: channel)
        case .setClock(let nanoseconds): try answer(setClock(nanoseconds), on: channel)
        case .setSysctls(let parameters): try answer(setSysctls(parameters), on: channel)
        case .shutDown: try shutDown(channel)
        case .setNetwork(let network):
            jobs.append(Job(try Worker(.none) { () throws(LifecycleError) in try setNetwork(network) }, channel))
        default: jobs.append(Job(try Worker(.none) { () throws(LifecycleError) in try perform(request) }, channel))
        }
    }

    private func configure(_ settings: GuestSettings) -> Answer {
        guard !isConfigured else { return .failed("the guest is configured already") }
        do throws(SyscallError) {
            try Kernel.setClock(to: Timestamp(nanosecondsSinceEpoch: settings.clock))
            try setHostname(settings.hostname)
            try makeDirectories(SharedDirectory.mountPoint, permissions: 0o711)
            if !settings.shareTag.isEmpty {
                // As the host has them: containers' files may be devices, and programs with the rights of their owner.
                try mount(settings.shareTag, on: SharedDirectory.mountPoint, type: "virtiofs")
            }
        } catch { return .failed("configure the guest: \(error)") }
        isConfigured = true
        return .done(.null)
    }

    private func setClock(_ nanoseconds: Int64) -> Answer {
        do throws(SyscallError) { try Kernel.setClock(to: Timestamp(nanosecondsSinceEpoch: nanoseconds)) } catch {
            return .failed("\(error)")
        }
        return .done(.null)
    }

    private func watch(_ id: String, on channel: UInt32) throws(AgentError) {
        let watch: MemoryWatch?
        do throws(CgroupsError) { watch = try MemoryWatch(channel, id) } catch {
            return try answer(.failed("\(error)"), on: channel)
        }
        guard let watch else { return try answer(.failed("container \(id) has no memory to watch"), on: channel) }
        watches.append(watch)
        try link.send(message: Answer.done(.null).text, on: channel)
    }

    private func look(_ watch: MemoryWatch) throws(AgentError) {
        var kills: UInt64?
        do throws(CgroupsError) { kills = try watch.look() } catch { kills = nil }
        guard let kills else {
            watches.removeAll { $0 === watch }
            return try link.close(watch.channel)
        }
        for _ in 0..<min(kills, 64) { try link.send(message: Notice.outOfMemory.text, on: watch.channel) }
    }

    /// The host wants nothing more of the channel.
    private func closed(_ channel: UInt32, _ session: Session?) throws(AgentError) {
        if let session { return try forsake(session) }
        watches.removeAll { $0.channel == channel }
        // A verb that has begun ends, and its answer closes the channel.
        if !isBusy(channel), link.connection.canSend(on: channel) { try link.close(channel) }
    }

    /// Ends everything, writes everything, and does not come back.
    private func shutDown(_ channel: UInt32) throws(AgentError) {
        let deadline = Deadline.after(.seconds(1))
        try step("end all processes") { () throws(SyscallError) in
            try ignoring(.noProcess) { () throws(SyscallError) in try kill(-1, .kill) }
            while try !hasNoChildren() {
                guard try poll([Watch(signals.descriptor, .readable)], until: deadline) != nil else { break }
                while try signals.next() != nil {}
            }
        }
        synchronizeAll()
        try answer(.done(.null), on: channel)
        try link.finish()
        try step("switch the machine off") { () throws(SyscallError) in try powerOff() }
    }
}
