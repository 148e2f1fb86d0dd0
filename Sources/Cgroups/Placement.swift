import Kernel

/// Where the cgroup of a container is.
public struct Placement: Hashable, Sendable {
    /// Who owns the controllers.
    public enum Layout: Hashable, Sendable {
        /// cgroup v2 alone.
        case unified
        /// Some belong to cgroup v1: v2 tracks, freezes and kills, and limits what is left to it.
        case hybrid
    }

    /// Where cgroup v2 is mounted.
    public let mountPoint: String
    /// The names below it that lead to the cgroup; at least one.
    public let levels: [String]
    public let layout: Layout

    /// The cgroup's directory.
    public var path: String { path(of: levels.count) }

    /// The directory of the cgroup `depth` levels below the mount.
    func path(of depth: Int) -> String { Path.join(mountPoint, levels.prefix(depth).joined(separator: "/")) }

    /// What was decided when the container was made.
    ///
    /// It is kept, never found out anew: a relative `cgroupsPath` depends on the process that asks.
    public init(mountPoint: String, levels: [String], layout: Layout) {
        precondition(!levels.isEmpty && !levels.contains { ["", ".", ".."].contains($0) || $0.contains("/") })
        self.mountPoint = mountPoint
        self.levels = levels
        self.layout = layout
    }

    /// Decides where the cgroup of the container `id` goes, `cgroupsPath` being `linux.cgroupsPath`, empty if absent.
    ///
    /// An absolute path counts from the mount (runtime-spec config-linux.md); a relative one, as in runc, from the parent of the
    /// runtime's own cgroup, so that the container becomes its neighbour; none is the id, relative.
    public init(cgroupsPath: String, id: String, on host: HostCgroups) throws(CgroupsError) {
        let asked = try names(cgroupsPath)
        guard let mount = host.mount else { throw .unavailable("no cgroup2 filesystem is mounted on this host") }
        let base = Path.isAbsolute(cgroupsPath) ? [] : try parentOfOwn(host.own, mount)
        let levels = base + (asked.isEmpty ? [id] : asked)
        self.init(mountPoint: mount.point, levels: levels, layout: host.legacyControllers.isEmpty ? .unified : .hybrid)
    }
}

private let field = "/linux/cgroupsPath"

/// The names in `linux.cgroupsPath`.
private func names(_ path: String) throws(CgroupsError) -> [String] {
    let found = "found \"\(path)\""
    // The kernel refuses the line break: it would forge lines of /proc/PID/cgroup.
    guard !path.utf8.contains(0), !path.utf8.contains(UInt8(ascii: "\n")) else {
        throw .config(path: field, problem: "must contain neither a NUL nor a line break")
    }
    let isAbsolute = Path.isAbsolute(path)
    if !isAbsolute && path.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 2 {
        throw .config(path: field, problem: "slice:prefix:name is for the systemd driver (--systemd-cgroup), \(found)")
    }
    let names = Path.components(path).filter { $0 != "." }
    guard !names.contains("..") else { throw .config(path: field, problem: "must not contain \"..\", \(found)") }
    guard names.allSatisfy({ $0.utf8.count <= 255 }) else {
        throw .config(path: field, problem: "has a name longer than 255 bytes")
    }
    guard !names.isEmpty || path.isEmpty else {
        // A container in the root cgroup could be neither told apart nor removed.
        throw .config(path: field, problem: "must name a cgroup below the root, \(found)")
    }
    return names
}

/// The names from the mount to the parent of the runtime's own cgroup.
private func parentOfOwn(_ own: String?, _ mount: HostCgroups.Mount) throws(CgroupsError) -> [String] {
    guard let own else { throw .unavailable("/proc/self/cgroup has no line \"0::\"") }
    let names = Path.components(own)
    let root = Path.components(mount.root)
    guard names.starts(with: root), !names.contains(".."), !own.hasSuffix(" (deleted)") else {
        throw .unavailable(
            "the runtime's own cgroup \(own) is not within \(mount.root), which is what \(mount.point) shows: "
                + "only an absolute linux.cgroupsPath works here")
    }
    return names.dropFirst(root.count).dropLast()
}
