internal import AgentProtocol
internal import Cgroups
internal import GuestPlan
internal import JSON
internal import Kernel
internal import Lifecycle
internal import Spec

/// All that was decided about a container that a virtual machine's kernel is to run.
struct SandboxBlueprint: Blueprint {
    let config: Config
    let rootfs: String
    let order: Order
    /// nil: a new one, or the pod's.
    let network: GuestPlan.NetworkNamespace?
    /// The process that stands for the machine; 0: this container's own is to be it.
    let podPID: Int32
    let warnings: [String]
    /// None: they hold in the guest, and the machine's size bounds it on the host.
    let limits: Cgroups.Limits

    var sandbox: String? { order.sandbox }

    var hasOwnPIDNamespace: Bool { false }

    var lateSteps: (first: Int, texts: [String]) { (0, []) }

    func text(_ format: Runtime.PlanFormat) -> String {
        guard case .create(let create) = order.request else { return "" }
        let shares = order.shares.map { Value.object([.init($0.name, .string($0.source))]) }
        let value: Value = [
            "sandbox": .string(order.sandbox), "memory": Value(order.size.memory), "vcpus": Value(order.size.vcpus),
            "shares": .array(shares), "joins": Value(create.joins), "config": create.config,
        ]
        switch format {
        case .json: return value.text(.indented("  ")) + "\n"
        case .text:
            var lines = [
                order.bootsMachine
                    ? "boot a virtual machine of \(order.size.memory) MiB and \(order.size.vcpus) processors"
                    : "join the virtual machine of container \(order.sandbox)"
            ]
            lines += order.shares.map { "share \($0.source) as \($0.name)\($0.access == .readOnly ? ", read-only" : "")" }
            lines.append("create \(order.id) in the guest")
            return lines.joined(separator: "\n") + "\n"
        }
    }

    func furnish(_ cgroup: borrowing Cgroup) throws(CgroupsError) -> [String] { [] }

    func launch(_ place: borrowing Place, in cgroup: borrowing Cgroup?) throws(LifecycleError) -> Parked {
        do throws(SandboxError) {
            let child = try StandInChild(
                order, gate: try copy(place.gate), report: try copy(place.report), network: try networkNamespace(),
                size: config.process?.consoleSize,
                in: cgroup)
            return try child.parked { (pid) throws(SandboxError) in try runHooks(place.state, pid) }
        } catch { throw LifecycleError("\(error)") }
    }

    /// Which network namespace the container's process of the host is to be in; nil: a new one.
    private func networkNamespace() throws(SandboxError) -> OwnedFD? {
        if podPID > 0 {
            return try step("the pod's network namespace") { () throws(SyscallError) in try open("/proc/\(podPID)/ns/net", .readOnly) }
        }
        guard let network else { return nil }
        let field = "config.json: \(network.field)"
        let fd = try step(field) { () throws(SyscallError) in try open(network.path, .readOnly) }
        let kind = try step(field) { () throws(SyscallError) in try namespaceKind(of: fd) }
        guard kind == .network else { throw .failed("\(field): \(network.path) is no network namespace") }
        return fd
    }

    private func runHooks(_ state: State, _ pid: Int32) throws(SandboxError) {
        var state = state
        state.pid = pid
        try runHostHooks(config.hooks.prestart, "prestart", state)
        try runHostHooks(config.hooks.createRuntime, "createRuntime", state)
    }

    private func copy(_ fd: borrowing OwnedFD) throws(SandboxError) -> OwnedFD {
        try step("the gate") { () throws(SyscallError) in try fd.duplicate() }
    }

    func undo() throws(LifecycleError) {
        let complaints = try forget(order.id, order.sandbox, root: order.root)
        if !complaints.isEmpty { throw LifecycleError(complaints.joined(separator: "; ")) }
    }
}
