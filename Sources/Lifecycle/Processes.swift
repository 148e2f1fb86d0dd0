internal import Cgroups
internal import Spec
internal import Store

extension Runtime {
    /// The pids, as the caller's pid namespace has them, of all processes in the container's cgroup and below it.
    ///
    /// None once a stopped container's cgroup is gone.
    public func processes(_ id: String) throws(LifecycleError) -> [Int32] {
        let (record, status) = try record(id)
        if status == .stopped {
            // What a virtual machine was made of may end a moment later than the process that had it, and is none of the container's.
            if record.cgroupPath.isEmpty || record.sandbox != nil { return [] }
            let left = try failing { () throws(CgroupsError) in try Cgroup.open(placement(record.cgroupPath)) }
            guard let cgroup = left else { return [] }
            return try pids(cgroup)
        }
        return try pids(try cgroup(of: record, to: "list the processes of"))
    }

    /// Of what ps(1) prints the header and the lines about the container's processes: the host's, or that of their own kernel.
    public func processTable(_ id: String, options: [String]) throws(LifecycleError) -> [String] {
        let pids = try processes(id)
        let (record, status) = try record(id)
        // One that has ended has no kernel of its own to ask any more.
        let backend: any Backend = status == .stopped ? host : try backend(of: record)
        return try backend.processTable(record, pids, options: options)
    }

    private func pids(_ cgroup: borrowing Cgroup) throws(LifecycleError) -> [Int32] {
        // 0 stands for processes that the caller's pid namespace does not know.
        try failing { () throws(CgroupsError) in try cgroup.processes(.withDescendants) }.filter { $0 > 0 }
    }
}
