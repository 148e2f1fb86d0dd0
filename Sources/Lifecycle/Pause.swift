internal import Cgroups
internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    /// Stops all processes of a container by the freezer of its cgroup, and waits until they stand.
    public func pause(_ id: String) throws(LifecycleError) {
        let record = try record(id)
        switch record.status {
        case .created, .running: break
        case .paused: throw LifecycleError("container already paused")
        // runc's words.
        case .creating, .stopped: throw LifecycleError("container not running")
        }
        let cgroup = try cgroup(of: record.record, to: "pause")
        do throws(CgroupsError) { try cgroup.freeze() } catch { throw LifecycleError("pause \(id): \(error)") }
    }

    /// Lets the processes of a paused container go on.
    public func resume(_ id: String) throws(LifecycleError) {
        let record = try record(id)
        guard record.status == .paused else { throw LifecycleError("container not paused") }
        let cgroup = try cgroup(of: record.record, to: "resume")
        do throws(CgroupsError) { try cgroup.thaw() } catch { throw LifecycleError("resume \(id): \(error)") }
    }

    /// What is kept of a container, and its status now.
    func record(_ id: String) throws(LifecycleError) -> (record: Record, status: Status) {
        let directory = try open(try containerID(id))
        let record = try failing { () throws(StoreError) in try directory.load() }
        return (record, try status(record, directory))
    }

    /// The container's cgroup, without which nobody can `verb` it.
    func cgroup(of record: Record, to verb: String) throws(LifecycleError) -> Cgroup {
        guard !record.cgroupPath.isEmpty else {
            throw LifecycleError("cannot \(verb) container \(record.id): it was made without a cgroup of its own")
        }
        guard let cgroup = try failing({ () throws(CgroupsError) in try Cgroup.open(placement(record.cgroupPath)) }) else {
            throw LifecycleError("cannot \(verb) container \(record.id): its cgroup \(record.cgroupPath) is gone")
        }
        return cgroup
    }
}
