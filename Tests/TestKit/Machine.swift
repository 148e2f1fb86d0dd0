import Glibc

/// What containers can leave behind on a machine, as text to compare.
public struct Machine: Hashable, Sendable {
    /// Mount points of the system itself with their options: a container must not even remount them.
    public var systemMounts: [String]
    /// Nodes that containers see through binds: type, mode and owner.
    public var nodes: [String]

    public static func snapshot() -> Machine {
        let system = mountTable().filter { line in
            let fields = line.split(separator: " ")
            return fields.count > 4 && ["/", "/proc", "/sys", "/dev"].contains { fields[4] == $0 || $0 != "/" && fields[4].hasPrefix($0 + "/") }
        }
        let nodes = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/etc/passwd"].map { path in
            let facts = Files.facts(path)
            return "\(path) \(String(facts?.mode ?? 0, radix: 8)) \(facts?.uid ?? 0):\(facts?.gid ?? 0) \(facts?.node ?? 0)"
        }
        return Machine(systemMounts: system, nodes: nodes)
    }

    public func differences(from before: Machine) -> [String] {
        let mounts = Set(systemMounts).symmetricDifference(before.systemMounts).map { "mount changed: \($0)" }
        let nodes = Set(nodes).subtracting(before.nodes).map { "node changed: \($0)" }
        return (mounts + nodes).sorted()
    }
}

/// Lines of this process's mountinfo.
public func mountTable() -> [String] { Files.text("/proc/self/mountinfo").split(separator: "\n").map(String.init) }

/// Where cgroup2 is mounted on this machine: `/sys/fs/cgroup`, on a hybrid host `/sys/fs/cgroup/unified`.
public let cgroupMount: String? = mountTable().first { $0.contains(" - cgroup2 ") }.flatMap { line in
    line.split(separator: " ").dropFirst(4).first.map(String.init)
}

/// Directories of all cgroup hierarchies, one level below their roots, that carry `name`.
public func cgroups(named name: String) -> [String] {
    var found: [String] = []
    for line in mountTable() where line.contains(" - cgroup2 ") || line.contains(" - cgroup ") {
        guard let point = line.split(separator: " ").dropFirst(4).first else { continue }
        found += Files.entries(String(point)).filter { $0.hasPrefix(name) }.map { "\(point)/\($0)" }
    }
    return found
}

/// Pids of the processes in the cgroup called `name`, wherever it is; where each container has a virtual machine those that stand for its own.
public func processes(inCgroup name: String) -> [Int] {
    let all = Files.entries("/proc").compactMap { Int($0) }.filter { pid in
        // A dead process that was not reaped is told in a cgroup that is gone.
        Files.text("/proc/\(pid)/cgroup").split(separator: "\n").contains { line in
            !line.hasSuffix(" (deleted)") && line.split(separator: "/").contains(Substring(name))
        }
    }
    guard UnderTest.backend == .vm else { return all }
    return all.filter { pid in !["qemu", "virtiofsd"].contains { Files.text("/proc/\(pid)/cmdline").hasPrefix($0 + "\0") } }
}

/// Processes with `mark` in their environment or `name` in their cgroup: "pid command".
func processes(marked mark: String, inCgroup name: String, but known: Set<Int32> = []) -> [String] {
    var found: [String] = []
    let own = getpid()
    for entry in Files.entries("/proc") {
        guard let pid = Int32(entry), pid != own, !known.contains(pid) else { continue }
        let environment = Files.text("/proc/\(entry)/environ").split(separator: "\0")
        guard environment.contains(Substring(mark)) || Files.text("/proc/\(entry)/cgroup").contains("/\(name)") else { continue }
        let state = Files.text("/proc/\(entry)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        // Dead, and left to the machine's own first process or to the test's shim to reap.
        let parent = state.dropFirst().first.flatMap { Int32($0) } ?? 0
        if state.first == "Z" && (parent == 1 || known.contains(parent)) || state.isEmpty { continue }
        let command = Files.text("/proc/\(entry)/cmdline").split(separator: "\0").joined(separator: " ")
        found.append("\(pid) \(command) \(state.first ?? "?")")
    }
    return found
}

extension Scratch {
    /// What this test has left on the machine; empty when all is as it was.
    public func leftovers() -> [String] {
        processes(marked: mark, inCgroup: name, but: shimPids).map { "process: \($0)" }
            + cgroups(named: name).map { "cgroup: \($0)" }
            + mountTable().filter { $0.contains(name) }.map { "mount: \($0)" }
            + Files.entries(root).map { "state: \($0)" }
            + Files.entries(directory + "/tmp").map { "temporary file: \($0)" }
    }

    /// Ends and removes what `leftovers` told, so that one failed test is one failed test.
    func clear() {
        for process in processes(marked: mark, inCgroup: name) {
            if let pid = process.split(separator: " ").first.flatMap({ Int32($0) }) {
                if let handle = try? Descriptor.high(try pidfd(pid)) {
                    kill(pid, SIGKILL)
                    _ = readable([handle], Deadline(after: 5))
                    close(handle)
                }
            }
        }
        for line in mountTable().reversed() where line.contains(name) {
            if let point = line.split(separator: " ").dropFirst(4).first { unsafe umount2(String(point), Int32(MNT_DETACH)) }
        }
        for cgroup in cgroups(named: name) { removeCgroup(cgroup) }
    }

    private func removeCgroup(_ path: String) {
        for name in Files.entries(path) where (Files.facts(path + "/" + name)?.mode ?? 0) & S_IFMT == S_IFDIR { removeCgroup(path + "/" + name) }
        unsafe rmdir(path)
    }
}
