internal import Cgroups
internal import Filters
internal import Kernel
internal import Launch
internal import Plan
internal import Spec
internal import Steps
internal import Store

extension HostBackend {
    /// Every bundle that nobody else takes.
    func design(_ request: CreateRequest, _ id: ContainerID, _ bundle: Bundle) throws(LifecycleError) -> (any Blueprint)? {
        try plan(request, id, bundle)
    }

    func plan(_ request: CreateRequest, _ id: ContainerID, _ bundle: Bundle) throws(LifecycleError) -> HostBlueprint {
        let config = bundle.config
        let listenCount = try listenDescriptors()
        try checkDescriptors(request.preservedDescriptors, after: listenCount)
        let state = hookState(id, bundle)
        var launch = LaunchRequest()
        launch.id = id.text
        launch.rootChange = request.rootChange == .move ? .move : .pivot
        launch.keyringName = request.keyring == .new ? "_ses.\(id.text)" : nil
        launch.listenDescriptors = listenCount
        launch.preservedDescriptors = listenCount + request.preservedDescriptors
        launch.filter = try compileFilter(config)
        launch.createStatePIDOffset = hookPIDOffset(of: state, .creating)
        launch.startStatePIDOffset = hookPIDOffset(of: state, .created)
        let host = try failing { () throws(CgroupsError) in try HostCgroups.current() }
        var facts = try failing { () throws(LaunchError) in try readFacts(config, bundle: bundle.path, host) }
        if request.rootChange == .move {
            facts.kernelMountPoints = try failing { () throws(LaunchError) in try kernelMountPoints() }
        }
        let known = facts
        let plan = try failing { () throws(PlanError) in try Plan.plan(config, launch, known) }
        var resources = config.linux.resources
        if settings.cgroupDriver == .systemd { resources = aligned(resources) }
        let wanted = resources
        return HostBlueprint(
            config: config, rootfs: facts.rootfs, plan: plan,
            limits: try failing { () throws(CgroupsError) in try Cgroups.Limits(wanted) },
            devices: try failing { () throws(CgroupsError) in try DeviceProgram(config.linux.resources.devices) },
            privilege: facts.isInUserNamespace || facts.uid != 0 ? .none : .root)
    }

    func compileFilter(_ config: Config) throws(LifecycleError) -> FilterProgram? {
        guard let seccomp = config.linux.seccomp else { return nil }
        guard let filter = try failing({ () throws(FilterError) in try compile(seccomp) }) else { return nil }
        return FilterProgram(instructions: bytes(filter.program), flags: filter.flags, hasListener: filter.needsListener)
    }
}

/// All that was decided about a container that the host's kernel is to run.
struct HostBlueprint: Blueprint {
    let config: Config
    let rootfs: String
    let plan: LaunchPlan
    let limits: Cgroups.Limits
    let devices: DeviceProgram
    let privilege: Privilege

    var warnings: [String] { plan.warnings }

    var sandbox: String? { nil }

    var hasOwnPIDNamespace: Bool { config.linux.namespaces.first { $0.kind == .pid }?.path.isEmpty ?? false }

    var lateSteps: (first: Int, texts: [String]) {
        let late = Launch.lateSteps(of: plan)
        return (late.first, late.steps.map(\.text))
    }

    func furnish(_ cgroup: borrowing Cgroup) throws(CgroupsError) -> [String] {
        var warnings = try cgroup.apply(limits)
        if let warning = try cgroup.restrictDevices(devices, with: privilege) { warnings.append(warning) }
        if let owner = delegatedOwner(config) { try cgroup.delegate(to: owner) }
        return warnings
    }

    func launch(_ place: borrowing Place, in cgroup: borrowing Cgroup?) throws(LifecycleError) -> Parked {
        let inputs: LaunchInputs
        do throws(SyscallError) {
            inputs = LaunchInputs(
                config: config, state: place.state, gate: try place.gate.duplicate(), report: try place.report.duplicate())
        } catch { throw LifecycleError("\(error)") }
        let process: ParkedInit
        do throws(LaunchError) { process = try Launch.launch(plan, inputs, in: cgroup) } catch { throw LifecycleError("\(error)") }
        return try parked(process, plan)
    }

    func undo() {}
}

/// A parked process of the host as the verbs see it.
func parked(_ process: consuming ParkedInit, _ plan: LaunchPlan) throws(LifecycleError) -> Parked {
    let pidfd = try failing { () throws(SyscallError) in PidFD(adopting: try process.pidfd.descriptor.duplicate()) }
    let pid = process.pid
    let terminal = process.terminal.take()
    return Parked(pid: pid, pidfd: pidfd, terminal: terminal, HostConversation(process, plan))
}

private final class HostConversation: Conversation {
    private let process: ParkedInit
    private let plan: LaunchPlan

    init(_ process: consuming ParkedInit, _ plan: LaunchPlan) {
        self.process = process
        self.plan = plan
    }

    func letGo() throws(LifecycleError) { try failing { () throws(LaunchError) in try process.letGo() } }

    func execution() throws(LifecycleError) { try failing { () throws(LaunchError) in try process.execution(of: plan) } }
}

/// Instructions of 8 bytes, each in the order of this machine.
private func bytes(_ instructions: [UInt64]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(instructions.count * 8)
    for instruction in instructions {
        #if _endian(little)
            for shift in stride(from: UInt64(0), to: 64, by: 8) { result.append(UInt8(truncatingIfNeeded: instruction >> shift)) }
        #else
            for shift in stride(from: UInt64(56), through: 0, by: -8) { result.append(UInt8(truncatingIfNeeded: instruction >> shift)) }
        #endif
    }
    return result
}
