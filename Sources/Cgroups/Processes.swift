import Kernel

extension Cgroup {
    /// How far a question about processes reaches.
    public enum Reach: Hashable, Sendable {
        case itself, withDescendants
    }

    /// The ids of its processes, in no order; 0 is one that this process's pid namespace does not know. Empty once it is gone.
    public func processes(_ reach: Reach) throws(CgroupsError) -> [Int32] {
        try step("list the processes of cgroup \(placement.path)") { () throws(SyscallError) in
            try Cgroups.processes(of: directory, reach)
        }
    }

    /// Kills every process in it and below it, also such as are just being forked, and does not wait for their end.
    public func kill() throws(CgroupsError) {
        try step("kill the processes of cgroup \(placement.path)") { () throws(SyscallError) in
            do throws(SyscallError) {
                try writeControl("1", to: "cgroup.kill", of: directory)
            } catch {
                if isGone(error) { return }
                // A threaded cgroup has no processes to kill, only threads whose processes are.
                guard error.errno == .notSupported else { throw error }
                for id in try Cgroups.processes(of: directory, .withDescendants) where id > 0 {
                    try ignoring(.noProcess) { () throws(SyscallError) in try Kernel.kill(id, .kill) }
                }
            }
        }
    }
}

/// Thread ids for a threaded cgroup, which lists no processes.
private func processes(of directory: borrowing OwnedFD, _ reach: Cgroup.Reach) throws(SyscallError) -> [Int32] {
    do throws(SyscallError) {
        var found = try listed("cgroup.procs", of: directory)
        guard reach == .withDescendants else { return found }
        for name in try children(of: directory) {
            guard let child = try childIfThere(name, of: directory) else { continue }
            found += try processes(of: child, reach)
        }
        return found
    } catch {
        guard isGone(error) else { throw error }
        return []
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

/// The names of the cgroups just below; none once it is gone.
func children(of directory: borrowing OwnedFD) throws(SyscallError) -> [String] {
    do throws(SyscallError) {
        return try entries(of: directory).filter { $0.kind == .directory }.map(\.name)
    } catch {
        guard isGone(error) else { throw error }
        return []
    }
}

func childIfThere(_ name: String, of directory: borrowing OwnedFD) throws(SyscallError) -> OwnedFD? {
    do throws(SyscallError) {
        return try open(name, beneath: directory, [.readOnly, .directory], refusing: beyondCgroups)
    } catch {
        guard isGone(error) else { throw error }
        return nil
    }
}

extension Cgroup {
    /// Whether a process may be put here: not beside children that it passes controllers on to (cgroup v2, "no internal processes").
    public func takesProcesses() throws(CgroupsError) -> Bool {
        try read("cgroup.subtree_control").allSatisfy(\.isWhitespace)
    }
}
