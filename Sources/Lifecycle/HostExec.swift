internal import Cgroups
internal import Kernel
internal import Launch
internal import Plan
internal import Spec
internal import Store

extension HostBackend {
    func join(_ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest) throws(LifecycleError) -> Parked {
        let plan = try joinPlan(record, config, process, request)
        let cgroup = try execCgroup(record, request.cgroup)
        let inputs: LaunchInputs
        do throws(SyscallError) {
            let target = try record.identity.open()
            inputs = LaunchInputs(config: config, state: hookState(record, .running), joining: try target.descriptor.duplicate())
        } catch { throw LifecycleError("\(error)") }
        let process: ParkedInit
        do throws(LaunchError) { process = try launch(plan, inputs, in: cgroup) } catch { throw LifecycleError("\(error)") }
        return try parked(process, plan)
    }

    private func joinPlan(
        _ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest
    ) throws(LifecycleError) -> LaunchPlan {
        let pid = record.identity.pid
        var launch = LaunchRequest()
        launch.id = record.id
        launch.keyringName = "_ses.\(record.id)"
        launch.preservedDescriptors = request.preservedDescriptors
        launch.filter = try compileFilter(config)
        let facts = try failing { () throws(LaunchError) in try readJoinFacts(of: pid) }
        let namespaces = try failing { () throws(LaunchError) in try foreignNamespaces(of: pid) }
        return try failing { () throws(PlanError) in
            try planJoin(config, process, launch, facts, joining: namespaces)
        }
    }

    /// The container's cgroup or one below it; where the kernel lets nobody in, that of the init.
    private func execCgroup(_ record: Record, _ path: String) throws(LifecycleError) -> Cgroup? {
        guard !record.cgroupPath.isEmpty else { return nil }
        let own = placement(record.cgroupPath)
        let below = Path.components(path)
        guard !below.contains("..") else { throw LifecycleError("--cgroup: must lie below the container's cgroup, found \"\(path)\"") }
        let wanted = Placement(mountPoint: own.mountPoint, levels: own.levels + below.filter { $0 != "." }, layout: own.layout)
        if let cgroup = try failing({ () throws(CgroupsError) in try Cgroup.open(wanted) }) {
            if !below.isEmpty { return cgroup }
            // A process may not be beside cgroups that pass controllers on: it goes where the init went.
            if try failing({ () throws(CgroupsError) in try cgroup.takesProcesses() }) { return cgroup }
        } else if !below.isEmpty {
            throw LifecycleError("--cgroup: there is no \(wanted.path)")
        }
        return try cgroupOfInit(record, own)
    }

    private func cgroupOfInit(_ record: Record, _ own: Placement) throws(LifecycleError) -> Cgroup? {
        let host = try failing { () throws(CgroupsError) in try HostCgroups.of(record.identity.pid) }
        guard let path = host.own else { return nil }
        let levels = Path.components(path)
        guard !levels.isEmpty, !levels.contains("..") else { return nil }
        let place = Placement(mountPoint: own.mountPoint, levels: levels, layout: own.layout)
        return try failing { () throws(CgroupsError) in try Cgroup.open(place) }
    }
}
