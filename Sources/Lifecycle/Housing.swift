internal import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Systemd

/// Where the processes of a container are to live.
enum Site {
    /// In the caller's cgroup, for want of rights to make one.
    case callers
    case directory(Placement)
    case unit(UnitDesign)
}

/// The cgroup that was made for a new container, and what it takes to give it back.
struct Housing: ~Copyable {
    /// nil: the container stays in the caller's.
    private(set) var cgroup: Cgroup?
    private var unit: HeldUnit?

    init(_ cgroup: consuming Cgroup?, _ unit: consuming HeldUnit? = nil) {
        self.cgroup = cgroup
        self.unit = unit
    }

    /// Whoever holds the unit until then does not count among the container's processes.
    func makeRoom() throws(LifecycleError) {
        switch unit {
        case .some(let unit): try limitProcesses(unit.limits, besides: 1)
        case .none: break
        }
    }

    private func limitProcesses(_ limits: Cgroups.Limits, besides others: Int64) throws(LifecycleError) {
        switch cgroup {
        case .some(let cgroup): try failing { () throws(CgroupsError) in try cgroup.limitProcesses(limits, besides: others) }
        case .none: break
        }
    }

    /// From here on it is the container's own process that keeps the cgroup.
    mutating func settle() throws(LifecycleError) {
        guard let unit = unit.take() else { return }
        try unit.settle()
        try limitProcesses(unit.limits, besides: 0)
    }

    /// Takes back what was made. Processes that a hook left in it are ours too.
    mutating func vacate() throws(LifecycleError) {
        if let cgroup = cgroup.take() {
            do throws(CgroupsError) {
                try cgroup.kill()
                try cgroup.removeMade()
            } catch { throw LifecycleError("\(error)") }
        }
        guard var unit = unit.take() else { return }
        try unit.giveBack()
    }
}
