internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Launch
internal import Machine
internal import Spec

/// What a process that stands for one in a guest does from its beginning to its end: the order of everything is here.
final class Life {
    private let order: Order
    private let places: Places
    private let config: Config?
    private let runtime: OwnedFD
    private var gate: OwnedFD?
    private var report: OwnedFD?
    /// The sandbox's own process has the machine.
    private var hub: Hub?
    private var network: PodNetwork?
    private var standIn: StandIn?
    /// The runtime has gone its way: a failure is no longer told to it.
    private var isOnItsOwn = false
    private var lastWords: [String] = []

    init(_ order: Order) throws(SandboxError) {
        self.order = order
        places = Places(root: order.root, id: order.id)
        runtime = OwnedFD(adopting: SandboxProcess.Passed.runtime)
        if case .create = order.request {
            gate = OwnedFD(adopting: SandboxProcess.Passed.gate)
            report = OwnedFD(adopting: SandboxProcess.Passed.report)
            let text = order.config.text(.compact)
            do throws(SpecError) { config = try Config(bytes: Array(text.utf8)) } catch { throw .failed("\(error)") }
        } else {
            config = nil
        }
    }

    /// How its process ended; nil: nobody knows.
    func live() -> Notice.End? {
        let end: Notice.End?
        do throws(SandboxError) {
            switch order.request {
            case .create(let create): end = try contain(create)
            case .exec(let exec): end = try join(exec)
            default: throw .failed("the order of the runtime: neither create nor exec")
            }
        } catch {
            fail(error)
            end = nil
        }
        close()
        return end
    }
}

// A container.
extension Life {
    private func contain(_ create: CreateOrder) throws(SandboxError) -> Notice.End? {
        let standIn = try order.bootsMachine ? boot() : reach()
        try standIn.awaitRuntime()
        try runHooks(standIn)
        try share(standIn)
        try showRoot()
        try standIn.launch(order.request, create.streams, create.hasTerminal ? .own : .none, within: Patience.answer)
        try standIn.tell(.parked)
        try standIn.awaitRuntime()
        standIn.leaveRuntime()
        isOnItsOwn = true
        guard try standIn.awaitGate() == .gate else { return try standIn.awaitEnd() }
        if let hub { try connect(hub, standIn) }
        let answer = try standIn.ask(
            .start(id: order.id), within: Patience.answer + hookPatience, "the guest to start the container")
        switch answer {
        case .done:
            try standIn.begin()
            try standIn.tellStart(Report.executing)
            return try standIn.awaitEnd()
        case .failed(let text):
            try standIn.tellStart(Report.failed(text))
            // Its process has ended over it.
            return try standIn.awaitEnd(within: Patience.answer)
        }
    }

    private func connect(_ hub: Hub, _ standIn: StandIn) throws(SandboxError) {
        let network = try PodNetwork()
        self.network = network
        if let request = try network.plug(into: hub) {
            try demand(request, "the guest to set its network up", standIn)
        }
        if !order.sysctls.isEmpty { try demand(.setSysctls(order.sysctls), "the guest to set kernel parameters", standIn) }
    }

    private func demand(_ request: AgentProtocol.Request, _ what: String, _ standIn: StandIn) throws(SandboxError) {
        if case .failed(let text) = try standIn.ask(request, within: Patience.answer, what) { throw .failed(text) }
    }

    /// The machine's own first container: the machine is there when this returns.
    private func boot() throws(SandboxError) -> StandIn {
        guard let config else { throw .failed("no configuration") }
        let boot = try Boot(order, config, places)
        let hub = try boot.start()
        self.hub = hub
        let standIn = try makeStandIn(hub)
        try standIn.serve(until: { hub.hasAgent }, within: boot.patience, "the agent in the guest to answer")
        try knowing { () throws(MachineError) in try hub.machine.forgetBootFiles() }
        try demand(.configure(boot.guestSettings), "the guest to be configured", standIn)
        return standIn
    }

    /// Another's machine.
    private func reach() throws(SandboxError) -> StandIn {
        let standIn = try makeStandIn(try ControlConnection(root: order.root, sandbox: order.sandbox))
        try standIn.awaitHello(within: Patience.connection, "the virtual machine of container \(order.sandbox) to answer")
        return standIn
    }

    private func makeStandIn(_ transport: any Transport) throws(SandboxError) -> StandIn {
        let standIn = try step("prepare") { () throws(SyscallError) in
            // Before there is a container that could put something else in its place.
            let notify = order.notify.isEmpty ? nil : try open(order.notify, [.path, .directory])
            return try StandIn(
                transport, runtime: try runtime.duplicate(), gate: gate.take(), report: report.take(), notify: notify)
        }
        self.standIn = standIn
        return standIn
    }

    /// Those that are to see the container's namespaces: of these its network is one of the host.
    private func runHooks(_ standIn: StandIn) throws(SandboxError) {
        guard let config, !config.hooks.createContainer.isEmpty else { return }
        var state = State()
        state.id = order.id
        state.bundle = order.bundle
        state.annotations = config.annotations
        state.pid = ownPID()
        // Without an environment of its own such a hook has none, as in a container of the host.
        let hooks = config.hooks.createContainer.map { hook in
            var hook = hook
            hook.environment = hook.environment ?? []
            return hook
        }
        // Nobody else is served meanwhile, and nobody is there: the container is not made yet. Only the runtime's end must not be missed.
        do throws(LaunchError) {
            try Launch.runHooks(hooks, "createContainer", state, asLongAs: Watch(runtime, []))
        } catch { throw .failed("\(error)") }
    }

    /// For the hooks that the guest runs.
    private var hookPatience: Duration {
        let times = (config?.hooks.startContainer ?? []).map { $0.timeout.map { .seconds(Int64($0)) } ?? Patience.hook }
        return times.reduce(.zero, +)
    }

    private func share(_ standIn: StandIn) throws(SandboxError) {
        if let hub { return try hub.share(order.shares) }
        let visit = try DeskVisit(root: order.root, sandbox: order.sandbox)
        for share in order.shares { try visit.share(share) }
    }

    /// An engine that enters the mount namespace of this process, to copy files, is to find the container's root and not the host's. It
    /// gets what is mounted over the root; who is in the namespace already goes on beneath.
    private func showRoot() throws(SandboxError) {
        guard let root = order.shares.first else { throw .failed("the order of the runtime: no root") }
        let copy = try knowing { () throws(MachineError) in try SharedTree.copy(root) }
        try step("mount the container's root over the own") { () throws(SyscallError) in
            try attach(copy, on: "/", at: try open("/", [.path, .directory]))
        }
    }
}

// A process in a container.
extension Life {
    private func join(_ exec: ExecOrder) throws(SandboxError) -> Notice.End? {
        let standIn = try reach()
        try standIn.tell(.parked)
        try standIn.awaitRuntime()
        try standIn.launch(order.request, exec.streams, exec.hasTerminal ? .own : .none, within: Patience.answer)
        try standIn.begin()
        try standIn.tell(.executed)
        standIn.leaveRuntime()
        isOnItsOwn = true
        return try standIn.awaitEnd()
    }
}

// The end.
extension Life {
    /// Tells whoever can still be told.
    private func fail(_ error: SandboxError) {
        // The runtime has ended: there is nobody, and `delete` removes what is left.
        if case .abandoned = error { return }
        guard isOnItsOwn else {
            // One that does not hear it has ended.
            do throws(SyscallError) { try Word.failed("\(error)").send(on: runtime) } catch { _ = error }
            return
        }
        switch error {
        // Why a machine ended its supervisor knows, who tells it.
        case .lost where !order.bootsMachine: break
        default: leave("\(error)")
        }
        // Without a `start` there is nobody at the fifo.
        do throws(SandboxError) { try standIn?.tellStart(Report.failed("\(error)")) } catch { _ = error }
    }

    /// Ends the machine, in good order if it can. How the process ended is known by then: what fails here is said beside it.
    private func close() {
        guard let hub else { return }
        do throws(SandboxError) {
            if hub.hasAgent {
                try standIn?.ask(.shutDown, within: Patience.shutDown, "the guest to end")
            }
        } catch {
            switch error {
            // It has ended, as it was to.
            case .lost, .abandoned: break
            case .failed: leave("\(error)")
            }
        }
        do throws(SandboxError) { try hub.end() } catch { leave("\(error)") }
        network?.giveBack()
    }

    /// Leaves word in the container's state directory, for who asks later. A process of `exec` has none: its caller sees how it ended.
    private func leave(_ word: String) {
        guard case .create = order.request else { return }
        lastWords.append(word)
        do throws(SyscallError) {
            let file = try open(places.failure, [.writeOnly, .create, .truncate, .noFollow], permissions: 0o600)
            try write(lastWords.joined(separator: "; "), to: file)
        } catch {
            // Whoever deletes the container was faster, or the disk is full: there is no other place.
            _ = error
        }
    }
}
