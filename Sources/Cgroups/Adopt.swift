import Kernel

extension Placement {
    /// Where a cgroup is that exists, by its path as /proc/PID/cgroup tells it.
    public init(ofCgroup path: String, on host: HostCgroups) throws(CgroupsError) {
        guard let mount = host.mount else { throw .unavailable("no cgroup2 filesystem is mounted on this host") }
        let names = Path.components(path)
        let root = Path.components(mount.root)
        guard names.starts(with: root), names.count > root.count, !names.contains("..") else {
            throw .unavailable("cgroup \(path) is not below \(mount.root), which is what \(mount.point) shows")
        }
        self.init(
            mountPoint: mount.point, levels: Array(names.dropFirst(root.count)),
            layout: host.legacyControllers.isEmpty ? .unified : .hybrid)
    }
}

extension Cgroup {
    /// Opens the cgroup of a new container that somebody else has made, systemd, whose it stays: `removeMade` leaves it there.
    ///
    /// - Parameter controllers: those the container's limits need. They are enabled as by `create`: systemd knows only some of them.
    /// - Parameter holder: the one process that may be in it.
    /// - Throws: `notEmpty` or `frozen` if it is unfit.
    public static func adopt(_ placement: Placement, controllers: Set<String>, heldBy holder: Int32?) throws(CgroupsError) -> Cgroup {
        var directory = try openMount(placement)
        for (index, name) in placement.levels.enumerated() {
            try enable(placement.layout == .unified ? .available : .only(controllers), in: directory, placement.path(of: index))
            let path = placement.path(of: index + 1)
            guard let child = try openChild(name, of: directory, path) else {
                throw .refused(step: "open cgroup \(path)", SyscallError("open", name, .noEntry))
            }
            directory = child
        }
        let cgroup = Cgroup(placement, directory, made: 0)
        let others = try cgroup.processes(.withDescendants).count { $0 != holder }
        guard others == 0 else { throw .notEmpty(processes: others) }
        guard try !cgroup.isFrozen else { throw .frozen }
        return cgroup
    }

    /// Waits, at most for `limit`, until no process is in a cgroup or below it, and leaves it to whoever made it: systemd has to see
    /// it empty, and would take one that is gone for one that is in use. One that is not there is no error.
    public static func abandon(_ placement: Placement, within limit: Duration = .seconds(5)) throws(CgroupsError) {
        guard let directory = try openLevels(placement, placement.levels.count) else { return }
        let outcome = try step("wait for \(placement.path)/cgroup.events") { () throws(SyscallError) in
            guard let events = try Events(directory) else { return Events.Outcome.gone }
            return try events.wait(.populated, false, until: .after(limit))
        }
        guard outcome == .timedOut else { return }
        throw .timedOut(cgroup: placement.path, awaited: "its processes did not leave it within \(limit)")
    }
}
