internal import CLinux
public import Spec
internal import Steps

/// Decides how a process joins a running container, whose configuration `config` is (runtime-spec runtime.md knows no such
/// operation; this is runc's `exec`).
///
/// - Parameter namespaces: those of the container's init that are not the runtime's own.
public func planJoin(
    _ config: Config, _ process: Process, _ request: LaunchRequest, _ facts: HostFacts, joining namespaces: Set<Namespace.Kind>
) throws(PlanError) -> LaunchPlan {
    var config = config
    config.process = process
    var planner = Planner(config, request, facts)
    planner.plan.passedDescriptors = request.preservedDescriptors
    try planner.check(process)
    try planner.addJoin(process, namespaces)
    return planner.plan
}

extension Planner {
    /// The order of joining, with the reason for each position.
    fileprivate mutating func addJoin(_ process: Process, _ namespaces: Set<Namespace.Kind>) throws(PlanError) {
        // Before a process of the container can see this one (CVE-2016-9962).
        add(.becomeUndumpable)
        if let affinity = process.execCPUAffinity {
            let list = affinity.final.isEmpty ? affinity.initial : affinity.final
            let mask = try bitMask(list, limit: 8192, "/process/execCPUAffinity/\(affinity.final.isEmpty ? "initial" : "final")")
            if !list.isEmpty { add(.setAffinity(plan.pool.intern(mask))) }
        }
        let slot = newSlot()
        plan.target = slot
        var flags: UInt64 = 0
        for kind in namespaces { flags |= kind.cloneFlag }
        // All at once: the kernel takes the user namespace first, for the rights to join the others.
        if flags != 0 { add(.joinProcess(slot, flags: Int32(truncatingIfNeeded: flags))) }
        if namespaces.contains(.user) { add(.becomeRoot) }
        // A process cannot enter a pid or time namespace itself, only its children can.
        if namespaces.contains(.pid) || namespaces.contains(.time) { add(.fork(flags: 0)) }
        add(.dieWithParent)
        add(.newSession)
        if let name = request.keyringName { add(.newKeyring(try text(name, "/id"))) }
        add(.openRoot)
        if process.hasTerminal { addTerminal(process, .none) }
        try addProcess(process)
        add(.await(.ready))
        addExecution()
    }
}
