import Kernel
public import Spec

/// The host's uid that a container's cgroup is to be given to; nil: it stays the runtime's.
///
/// It is given away when the container can make use of it: it has a cgroup namespace of its own and its cgroup filesystem writable
/// (runtime-spec config-linux.md, "Cgroup ownership"). Where the user namespace is another's, found by its path, no mapping tells
/// the uid.
public func delegatedOwner(_ config: Config) -> UInt32? {
    let namespaces = config.linux.namespaces
    guard namespaces.contains(where: { $0.kind == .cgroup && $0.path.isEmpty }),
        config.mounts.contains(where: isWritableCgroup), let uid = config.process?.user.uid
    else { return nil }
    guard namespaces.contains(where: { $0.kind == .user }) else { return uid }
    for mapping in config.linux.uidMappings where uid >= mapping.containerID && uid - mapping.containerID < mapping.size {
        return mapping.hostID + (uid - mapping.containerID)
    }
    return nil
}

private func isWritableCgroup(_ mount: Mount) -> Bool {
    mount.source == "cgroup" && Path.clean(mount.destination) == "/sys/fs/cgroup" && !mount.options.contains("ro")
}

extension Cgroup {
    /// Lets `uid` make cgroups in it and move processes between them, without touching the limits of the cgroup itself.
    public func delegate(to uid: UInt32) throws(CgroupsError) {
        try step("give cgroup \(placement.path) to uid \(uid)") { () throws(SyscallError) in
            try changeOwner(of: directory, uid: uid, gid: keep)
            for file in try delegatedFiles() {
                // The list is the kernel's, for all controllers; only those here have their files.
                try ignoring(.noEntry) { () throws(SyscallError) in
                    try changeOwner(of: file, at: directory, uid: uid, gid: keep)
                }
            }
        }
    }
}

/// chown(2): leaves the id as it is.
private let keep = UInt32.max

private func delegatedFiles() throws(SyscallError) -> [String] {
    do throws(SyscallError) {
        return words(try readText("/sys/kernel/cgroup/delegate"))
    } catch {
        guard error.errno == .noEntry else { throw error }
        return ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]
    }
}
