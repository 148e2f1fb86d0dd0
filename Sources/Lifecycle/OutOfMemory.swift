internal import Cgroups
internal import Store

/// runc's words.
let outOfMemory = "container init was OOM-killed (memory limit too low?)"

/// How many processes of a cgroup the kernel has killed for want of memory.
///
/// It only chooses the words of a failure, and must not stand in the way of what undoes it: what cannot be read counts as none.
func oomKills(in cgroup: borrowing Cgroup?) -> UInt64 {
    switch cgroup {
    case .some(let cgroup):
        do throws(CgroupsError) { return try cgroup.oomKills() } catch { return 0 }
    case .none: return 0
    }
}

/// Whether the kernel has killed one of the container's processes for want of memory.
func hasMetOOM(_ record: Record) -> Bool {
    guard !record.cgroupPath.isEmpty else { return false }
    do throws(CgroupsError) { return oomKills(in: try Cgroup.open(placement(record.cgroupPath))) > 0 } catch { return false }
}
