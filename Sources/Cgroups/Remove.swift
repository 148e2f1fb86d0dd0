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
        try removeTree(placement.levels[level], in: parent, placement.path(of: level + 1), limit, .after(limit))
    }
}

private func removeTree(
    _ name: String, in parent: borrowing OwnedFD, _ path: String, _ limit: Duration, _ deadline: Deadline
) throws(CgroupsError) {
    while try !removeEmpty(name, in: parent, path) {
        let directory = try step("open cgroup \(path)") { () throws(SyscallError) in try childIfThere(name, of: parent) }
        guard let directory else { return }
        let below = try step("list cgroup \(path)") { () throws(SyscallError) in try children(of: directory) }
        for child in below { try removeTree(child, in: directory, "\(path)/\(child)", limit, deadline) }
        guard below.isEmpty else { continue }
        let outcome = try step("wait for \(path)/cgroup.events") { () throws(SyscallError) in
            try emptied(directory, deadline)
        }
        switch outcome {
        case .gone: return
        case .reached: continue
        case .timedOut: throw .timedOut(cgroup: path, awaited: try leftovers(directory, path, limit))
        }
    }
}

/// false: it is in use.
private func removeEmpty(_ name: String, in parent: borrowing OwnedFD, _ path: String) throws(CgroupsError) -> Bool {
    do throws(SyscallError) {
        try removeDirectory(name, at: parent)
        return true
    } catch {
        if isGone(error) { return true }
        guard error.errno == .busy else { throw .refused(step: "remove cgroup \(path)", error) }
        return false
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
