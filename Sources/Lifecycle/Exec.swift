internal import Cgroups
internal import JSON
internal import Kernel
internal import Launch
internal import Plan
internal import Spec
internal import Store

extension Runtime {
    /// Runs a process in a container that is created or running.
    ///
    /// Returns the exit code: the process's status in the foreground (128+n for signal n), 0 when detached.
    public func exec(_ request: ExecRequest) throws(LifecycleError) -> Int32 {
        // Before anything is opened here, which would take their numbers.
        try checkDescriptors(request.preservedDescriptors)
        let directory = try open(try containerID(request.id))
        let record = try failing { () throws(StoreError) in try directory.load() }
        switch try status(record, directory) {
        case .stopped: throw LifecycleError("cannot exec in a stopped container")
        case .paused where request.paused == .refused:
            throw LifecycleError("cannot exec in a paused container (use --ignore-paused to override)")
        default: break
        }
        let config = try storedConfig(directory)
        let process = try request.program.process(from: config.process ?? Process())
        try checkTerminal(process.hasTerminal, request.attachment)
        let receivers = try Receivers(request.attachment, pidfdSocket: request.pidfdSocket)
        switch request.attachment {
        case .detached:
            try runDetached(try join(record, config, process, request, receivers))
            return 0
        case .foreground:
            // Before there is a child: none of its signals may be missed.
            let foreground = try failing { () throws(SyscallError) in try Foreground() }
            do throws(LifecycleError) {
                var joined = try join(record, config, process, request, receivers)
                try foreground.fit(joined.parked.terminal)
                try execute(joined)
                let status = try foreground.accompany(joined.parked.pidfd, terminal: joined.parked.terminal.take())
                try foreground.restore()
                return status.shellCode
            } catch {
                try foreground.restore()
                throw error
            }
        }
    }

    private func runDetached(_ joined: consuming Joined) throws(LifecycleError) { try execute(joined) }

    /// Lets it go, and waits until its program runs.
    private func execute(_ joined: borrowing Joined) throws(LifecycleError) {
        do throws(LaunchError) {
            try joined.parked.letGo()
            try joined.parked.execution(of: joined.plan)
        } catch {
            // It has ended by itself.
            _ = try failing { () throws(SyscallError) in try joined.parked.pidfd.wait() }
            throw LifecycleError("\(error)")
        }
    }

    private func join(
        _ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest, _ receivers: borrowing Receivers
    ) throws(LifecycleError) -> Joined {
        let target = try failing { () throws(SyscallError) in try record.identity.open() }
        let plan = try joinPlan(record, config, process, request)
        let cgroup = try execCgroup(record, request.cgroup)
        let descriptor = try failing { () throws(SyscallError) in try target.descriptor.duplicate() }
        let inputs = LaunchInputs(config: config, state: hookState(record, .running), joining: descriptor)
        let parked = try failing { () throws(LaunchError) in try launch(plan, inputs, in: cgroup) }
        do throws(LifecycleError) {
            try announce(parked, receivers, pidFile: request.pidFile, name: "setns")
        } catch {
            try failing { () throws(SyscallError) in try parked.kill() }
            throw error
        }
        return Joined(parked: parked, plan: plan)
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

    /// The configuration as it was at create: later edits of the bundle do not matter (runtime-spec runtime.md, step 2).
    func storedConfig(_ directory: borrowing StateDirectory) throws(LifecycleError) -> Config {
        let bytes: [UInt8]
        do throws(SyscallError) {
            bytes = try readAll(
                Kernel.open(storedConfigName, beneath: directory.descriptor, .readOnly), limit: Limits.document.bytes,
                subject: storedConfigName)
        } catch { throw LifecycleError("the container's stored configuration: \(error)") }
        return try failing { () throws(SpecError) in try Config(bytes: bytes) }
    }
}

/// The name of the copy of config.json in the state directory.
let storedConfigName = "config.json"

/// A process in a container, about to execute its program.
struct Joined: ~Copyable {
    var parked: ParkedInit
    let plan: LaunchPlan
}
