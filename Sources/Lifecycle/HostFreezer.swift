internal import Cgroups
internal import Kernel
internal import Store

extension HostBackend {
    func isFrozen(_ record: Record) throws(LifecycleError) -> Bool {
        guard !record.cgroupPath.isEmpty else { return false }
        do throws(SyscallError) {
            let text = try readText(record.cgroupPath + "/cgroup.events")
            return text.split(separator: "\n").contains("frozen 1")
        } catch {
            guard error.errno == .noEntry else { throw LifecycleError("\(error)") }
            return false
        }
    }

    func freeze(_ record: Record) throws(LifecycleError) {
        let cgroup = try cgroup(of: record, to: "pause")
        do throws(CgroupsError) { try cgroup.freeze() } catch { throw LifecycleError("pause \(record.id): \(error)") }
    }

    func thaw(_ record: Record) throws(LifecycleError) {
        let cgroup = try cgroup(of: record, to: "resume")
        do throws(CgroupsError) { try cgroup.thaw() } catch { throw LifecycleError("resume \(record.id): \(error)") }
    }
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
