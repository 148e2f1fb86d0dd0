internal import Kernel

/// Places of the guest.
enum Place {
    static let own = "/run/swiftrun"
    static let state = "/run/swiftrun/root"
    static let bundles = "/run/swiftrun/bundles"
    /// What is there for the time of one request.
    static let requests = "/run/swiftrun/requests"
    /// /dev/shm of all containers of a pod.
    static let shm = "/run/swiftrun/shm"
    static let cgroups = "/sys/fs/cgroup"
}

/// From what the kernel unpacked to a system in which containers can be made.
func setUpGuest() throws(AgentError) {
    // No signal is to end the first process, and it handles none: the kernel then drops them all, but for those it waits for.
    try step("block signals") { () throws(SyscallError) in try block(.all) }
    try insertModules("/modules.list")
    try leaveInitialRoot()
    try mountFileSystems()
    try enableControllers()
    try step("set limits") { () throws(SyscallError) in
        // For the descriptors of all containers' streams.
        try setLimit(.openFiles, to: Limit(soft: 1 << 20, hard: 1 << 20))
        try bringLoopbackUp()
        // Nobody without rights over the whole guest looks into this process or at its executable.
        try becomeUndumpable()
    }
}

/// Inserts the modules that the file lists, a path on each line, in its order, and frees the memory their files take.
private func insertModules(_ list: String) throws(AgentError) {
    try step("insert modules") { () throws(SyscallError) in
        let paths: [Substring]
        do throws(SyscallError) { paths = try readText(list).split(separator: "\n") } catch {
            // A kernel that has all it needs built in.
            guard error.errno == .noEntry else { throw error }
            return
        }
        for path in paths {
            try ignoring(.exists) { () throws(SyscallError) in try insertModule(String(path)) }
            try removeFile(String(path))
        }
    }
}

/// pivot_root(2) refuses to leave the initial root: a second mount of it becomes the root.
///
/// Both are read-only, so that nobody writes to this program's file, whoever finds a way to it.
private func leaveInitialRoot() throws(AgentError) {
    try step("leave the initial root") { () throws(SyscallError) in
        for directory in ["/proc", "/sys", "/dev", "/run", "/tmp", "/root"] {
            try ignoring(.exists) { () throws(SyscallError) in try makeDirectory(directory, permissions: 0o755) }
        }
        try mount("", on: "/", [.remount, .bind, .readOnly])
        try mount("/", on: "/root", .bind)
        try mount("", on: "/root", [.remount, .bind, .readOnly])
        try changeDirectory(to: "/root")
        try mount(".", on: "/", .move)
        try changeRoot(to: ".")
    }
}

private func mountFileSystems() throws(AgentError) {
    let closed: MountFlags = [.noSetuid, .noDevices, .noExecution]
    try step("mount the guest's filesystems") { () throws(SyscallError) in
        try mount("proc", on: "/proc", type: "proc", closed)
        try mount("sysfs", on: "/sys", type: "sysfs", closed)
        try mount("devtmpfs", on: "/dev", type: "devtmpfs", .noSetuid)
        for directory in ["/dev/pts", "/dev/shm", "/dev/mqueue"] { try makeDirectory(directory, permissions: 0o755) }
        try mount("devpts", on: "/dev/pts", type: "devpts", [.noSetuid, .noExecution], options: "gid=5,mode=620,ptmxmode=666")
        try mount("tmpfs", on: "/dev/shm", type: "tmpfs", [.noSetuid, .noDevices], options: "mode=1777")
        try mount("mqueue", on: "/dev/mqueue", type: "mqueue", closed)
        try mount("tmpfs", on: "/run", type: "tmpfs", [.noSetuid, .noDevices], options: "mode=755")
        try mount("tmpfs", on: "/tmp", type: "tmpfs", [.noSetuid, .noDevices], options: "mode=1777")
        try mount("cgroup2", on: Place.cgroups, type: "cgroup2", closed, options: "nsdelegate")
        // A kernel without it has no device programs to keep either.
        try ignoring(.noDevice, .noEntry) { () throws(SyscallError) in
            try mount("bpf", on: "/sys/fs/bpf", type: "bpf", closed, options: "mode=700")
        }
        // Through it a container whose users are others' comes to its files.
        try makeDirectory(Place.own, permissions: 0o711)
        for directory in [Place.state, Place.bundles, Place.requests, Place.shm] {
            try makeDirectories(directory, permissions: 0o700)
        }
        try mount("shm", on: Place.shm, type: "tmpfs", closed, options: "mode=1777,size=65536k")
    }
}

/// All controllers there are, so that every container is counted by each.
private func enableControllers() throws(AgentError) {
    try step("enable controllers") { () throws(SyscallError) in
        let names = try readText(Place.cgroups + "/cgroup.controllers").split(whereSeparator: \.isWhitespace)
        guard !names.isEmpty else { return }
        try write(names.map { "+\($0)" }.joined(separator: " "), to: Place.cgroups + "/cgroup.subtree_control")
    }
}
