internal import CLinux
public import Cgroups
internal import Kernel
public import Plan
public import Spec

/// Reads what planning must know of this host.
public func readFacts(_ config: Config, bundle: String, _ cgroups: HostCgroups) throws(LaunchError) -> HostFacts {
    var facts = HostFacts()
    facts.bundle = bundle
    facts.rootfs = try resolveRootfs(config, bundle)
    let ids = OwnIDs()
    facts.uid = ids.effectiveUID
    facts.gid = ids.effectiveGID
    facts.cgroupMountPoint = cgroups.mount?.point ?? ""
    do throws(SyscallError) {
        let proc = try ProcFS.open()
        facts.capabilities = try ownCapabilities().permitted
        facts.lastCapability = lastCapability()
        facts.isInUserNamespace = try isInUserNamespace(proc)
        facts.isSetgroupsDenied = trimmed(try proc.readText("self/setgroups")) == "deny"
        facts.hasKcore = exists("/proc/kcore")
        facts.hasAppArmor = exists("/sys/kernel/security/apparmor") || isYes("/sys/module/apparmor/parameters/enabled")
        facts.hasSELinux = exists("/sys/fs/selinux/status")
        facts.sharedNamespaces = try sharedNamespaces(config, proc)
        let isShared = [.shared, .rshared].contains(config.linux.rootfsPropagation)
        if isShared { facts.rootfsMountPoint = try mountPoint(of: facts.rootfs) }
    } catch { throw .prepare("read the host", error) }
    return facts
}

/// Whether this process is in another user namespace than the machine's first.
public func isInUserNamespace() throws(LaunchError) -> Bool {
    do throws(SyscallError) { return try isInUserNamespace(try ProcFS.open()) } catch { throw .prepare("read the host", error) }
}

/// Where procfs and sysfs are mounted, for a root that is entered without pivoting.
public func kernelMountPoints() throws(LaunchError) -> [String] {
    do throws(SyscallError) {
        let table = try MountTable.current()
        return (table.mounts(ofType: "proc") + table.mounts(ofType: "sysfs")).map(\.mountPoint)
    } catch { throw .prepare("read the mount table", error) }
}

/// Reads what planning a process that joins the container of init `pid` must know.
public func readJoinFacts(of pid: Int32) throws(LaunchError) -> HostFacts {
    var facts = HostFacts()
    let ids = OwnIDs()
    facts.uid = ids.effectiveUID
    facts.gid = ids.effectiveGID
    do throws(SyscallError) {
        let proc = try ProcFS.open()
        facts.capabilities = try ownCapabilities().permitted
        facts.lastCapability = lastCapability()
        facts.isInUserNamespace = try isInUserNamespace(proc)
        facts.isSetgroupsDenied = trimmed(try proc.readText("\(pid)/setgroups")) == "deny"
        facts.hasAppArmor = exists("/sys/kernel/security/apparmor") || isYes("/sys/module/apparmor/parameters/enabled")
        facts.hasSELinux = exists("/sys/fs/selinux/status")
    } catch { throw .prepare("read the host", error) }
    return facts
}

/// The namespaces of process `pid` that are not this one's.
public func foreignNamespaces(of pid: Int32) throws(LaunchError) -> Set<Namespace.Kind> {
    var result: Set<Namespace.Kind> = []
    do throws(SyscallError) {
        for kind in Namespace.Kind.allCases {
            let own = try status(of: "/proc/self/ns/\(fileName(kind))")
            if try !status(of: "/proc/\(pid)/ns/\(fileName(kind))").isSameFile(as: own) { result.insert(kind) }
        }
    } catch { throw .prepare("look at the container's namespaces", error) }
    return result
}

/// The number of the kernel's last capability: prctl(2) refuses to speak of the one after it. /proc/sys, which tells it too, may be
/// another mount in a container that we run in.
private func lastCapability() -> UInt64 {
    var number: UInt64 = 0
    while number < 63 && clinux_prctl(PR_CAPBSET_READ, UInt(number + 1), 0, 0, 0) >= 0 { number += 1 }
    return number
}

private func resolveRootfs(_ config: Config, _ bundle: String) throws(LaunchError) -> String {
    let path = Path.absolute(config.root.path, in: bundle)
    let resolved: String
    let kind: FileKind?
    do throws(SyscallError) {
        resolved = try realPath(path)
        kind = try status(of: resolved).kind
    } catch { throw .prepare("config.json: /root/path", error) }
    guard kind == .directory else { throw .unfit("config.json: /root/path: \(path) must be a directory") }
    guard resolved != "/" else { throw .unfit("config.json: /root/path: cannot be the host's root") }
    return resolved
}

/// The mount point above a directory: going up, the first that is the root of a mount.
private func mountPoint(of directory: String) throws(SyscallError) -> String {
    var path = directory
    while path != "/" {
        if try status(of: path).isMountRoot { return path }
        path = Path.parent(path)
    }
    return path
}

private func sharedNamespaces(_ config: Config, _ proc: borrowing ProcFS) throws(SyscallError) -> Set<Namespace.Kind> {
    var result: Set<Namespace.Kind> = []
    for namespace in config.linux.namespaces where !namespace.path.isEmpty {
        // One that cannot be looked at is reported when it is opened.
        guard exists(namespace.path) else { continue }
        let own = try status(of: "/proc/self/ns/\(fileName(namespace.kind))")
        if try status(of: namespace.path).isSameFile(as: own) { result.insert(namespace.kind) }
    }
    return result
}

private func fileName(_ kind: Namespace.Kind) -> String {
    switch kind {
    case .network: "net"
    case .mount: "mnt"
    default: kind.rawValue
    }
}

/// The first user namespace is the one that has all ids, each as itself.
private func isInUserNamespace(_ proc: borrowing ProcFS) throws(SyscallError) -> Bool {
    try proc.readText("self/uid_map").split(whereSeparator: \.isWhitespace).map(String.init) != ["0", "0", "4294967295"]
}

private func isYes(_ path: String) -> Bool {
    do throws(SyscallError) { return try readText(path).hasPrefix("Y") } catch { return false }
}

private func exists(_ path: String) -> Bool {
    do throws(SyscallError) {
        _ = try status(of: path)
        return true
    } catch { return false }
}

private func trimmed(_ text: String) -> String { String(text.split(whereSeparator: \.isWhitespace).first ?? "") }
