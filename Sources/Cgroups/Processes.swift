import Kernel

extension Cgroup {
    /// How far a question about processes reaches.
    public enum Reach: Hashable, Sendable {
        case itself, withDescendants
    }

    /// The ids of its processes, in no order; 0 is one that this process's pid namespace does not know. Empty once it is gone.
    public func processes(_ reach: Reach) throws(CgroupsError) -> [Int32] {
        var found = try Cgroups.processes(of: directory, placement.path)
        if reach == .withDescendants {
            try forEachBelow(directory, placement.path) { (cgroup, _, _) throws(CgroupsError) in
                found += try Cgroups.processes(of: cgroup, placement.path)
            }
        }
        return found
    }

    /// Kills every process in it and below it, also such as are just being forked, and does not wait for their end.
    public func kill() throws(CgroupsError) {
        let isKilled = try step("kill the processes of cgroup \(placement.path)") { () throws(SyscallError) in
            do throws(SyscallError) {
                try writeControl("1", to: "cgroup.kill", of: directory)
            } catch {
                if isGone(error) { return true }
                // A threaded cgroup has no processes to kill, only threads whose processes are.
                guard error.errno == .notSupported else { throw error }
                return false
            }
            return true
        }
        guard !isKilled else { return }
        for id in try processes(.withDescendants) where id > 0 {
            try step("kill the processes of cgroup \(placement.path)") { () throws(SyscallError) in
                try ignoring(.noProcess) { () throws(SyscallError) in try Kernel.kill(id, .kill) }
            }
        }
    }
}

/// Thread ids for a threaded cgroup, which lists no processes. Empty once it is gone.
private func processes(of directory: borrowing OwnedFD, _ path: String) throws(CgroupsError) -> [Int32] {
    try step("list the processes of cgroup \(path)") { () throws(SyscallError) in
        do throws(SyscallError) { return try listed("cgroup.procs", of: directory) } catch {
            guard isGone(error) else { throw error }
            return []
        }
    }
}

private func listed(_ file: String, of directory: borrowing OwnedFD) throws(SyscallError) -> [Int32] {
    do throws(SyscallError) {
        return words(try readControl(file, of: directory)).compactMap { Int32($0) }
    } catch {
        guard error.errno == .notSupported, file == "cgroup.procs" else { throw error }
        return try listed("cgroup.threads", of: directory)
    }
}

extension Cgroup {
    /// Whether a process may be put here: not beside children that it passes controllers on to (cgroup v2, "no internal processes").
    public func takesProcesses() throws(CgroupsError) -> Bool {
        try read("cgroup.subtree_control").allSatisfy(\.isWhitespace)
    }
}
