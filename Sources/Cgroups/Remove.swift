import Kernel

extension Cgroup {
    /// Removes a container's cgroup and those below it; one that is not there is no error.
    ///
    /// Killed processes take a moment to leave: it waits for them, at most for `limit`.
    public static func remove(_ placement: Placement, within limit: Duration = .seconds(5)) throws(CgroupsError) {
        try remove(placement, level: placement.levels.count - 1, within: limit)
    }

    static func remove(_ placement: Placement, level: Int, within limit: Duration) throws(CgroupsError) {
        guard let parent = try openLevels(placement, level) else { return }
        let name = placement.levels[level]
        let removal = Removal(path: placement.path(of: level + 1), limit: limit, deadline: .after(limit))
        let removeItself = { () throws(SyscallError) in try removeDirectory(name, at: parent) }
        while try removal.isRefused(removeItself) {
            guard let cgroup = try openChild(name, of: parent, removal.path) else { return }
            try forEachBelow(cgroup, removal.path) { (below, name, above) throws(CgroupsError) in
                try removal.complete(below) { () throws(SyscallError) in try removeDirectory(name, at: above) }
            }
            try removal.complete(cgroup, removeItself)
        }
    }
}

/// The removal of a cgroup with those below it.
private struct Removal {
    let path: String
    let limit: Duration
    let deadline: Deadline

    /// Whether a cgroup that `remove` is to remove is in use.
    func isRefused(_ remove: () throws(SyscallError) -> Void) throws(CgroupsError) -> Bool {
        do throws(SyscallError) { try remove() } catch {
            if isGone(error) { return false }
            guard error.errno == .busy else { throw .refused(step: "remove cgroup \(path)", error) }
            return true
        }
        return false
    }

    /// Waits until nobody is in the cgroup that `remove` is to remove. One that has got others below it stays for now.
    func complete(_ cgroup: borrowing OwnedFD, _ remove: () throws(SyscallError) -> Void) throws(CgroupsError) {
        while try isRefused(remove) {
            let (outcome, isLeaf) = try step("wait for \(path)/cgroup.events") { () throws(SyscallError) in
                (try emptied(cgroup, deadline), try children(of: cgroup).isEmpty)
            }
            if outcome == .timedOut { throw .timedOut(cgroup: path, awaited: try leftovers(cgroup, path, limit)) }
            guard outcome == .reached, isLeaf else { return }
        }
    }
}

/// Waits until no process is in it, or, when none is and the kernel still was busy with it, for a moment.
private func emptied(_ directory: borrowing OwnedFD, _ deadline: Deadline) throws(SyscallError) -> Events.Outcome {
    guard let events = try Events(directory) else { return .gone }
    if try events.value(of: .populated) == false {
        if deadline.hasPassed { return .timedOut }
        // Nobody tells when the last traces of a process are gone.
        return try events.wait(.populated, true, until: .after(.milliseconds(1))) == .gone ? .gone : .reached
    }
    return try events.wait(.populated, false, until: deadline)
}

private func leftovers(_ directory: borrowing OwnedFD, _ path: String, _ limit: Duration) throws(CgroupsError) -> String {
    let ids = try step("list the processes of cgroup \(path)") { () throws(SyscallError) in
        words(try readControl("cgroup.procs", of: directory))
    }
    guard !ids.isEmpty else { return "still busy after \(limit), without a process in it" }
    return "\(ids.count) process(es) did not leave it within \(limit): \(ids.prefix(8).joined(separator: ", "))"
}
