internal import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Store

extension Runtime {
    /// The pids, as the caller's pid namespace has them, of all processes in the container's cgroup and below it.
    ///
    /// None once a stopped container's cgroup is gone.
    public func processes(_ id: String) throws(LifecycleError) -> [Int32] {
        let (record, status) = try record(id)
        if status == .stopped {
            if record.cgroupPath.isEmpty { return [] }
            let left = try failing { () throws(CgroupsError) in try Cgroup.open(placement(record.cgroupPath)) }
            guard let cgroup = left else { return [] }
            return try pids(cgroup)
        }
        return try pids(try cgroup(of: record, to: "list the processes of"))
    }

    /// Of what the host's ps(1) prints the header and the lines about the container's processes.
    public func processTable(_ id: String, options: [String]) throws(LifecycleError) -> [String] {
        let pids = Set(try processes(id))
        let printed = try failing { () throws(LaunchError) in try output(of: "ps", options, within: 60) }
        let lines = printed.split(separator: "\n")
        // A warning may stand before it.
        for (index, line) in lines.enumerated() {
            guard let column = words(line).firstIndex(of: "PID") else { continue }
            let chosen = lines[(index + 1)...].filter { line in
                let fields = words(line)
                return fields.indices.contains(column) && Int32(fields[column]).map(pids.contains) == true
            }
            return ([line] + chosen).map(String.init)
        }
        throw LifecycleError("couldn't find PID field in ps output")
    }

    private func pids(_ cgroup: borrowing Cgroup) throws(LifecycleError) -> [Int32] {
        // 0 stands for processes that the caller's pid namespace does not know.
        try failing { () throws(CgroupsError) in try cgroup.processes(.withDescendants) }.filter { $0 > 0 }
    }
}

private func words(_ line: Substring) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }
