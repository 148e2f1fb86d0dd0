public import Kernel

/// What this host, as this process sees it, has of control groups (cgroups(7)).
public struct HostCgroups: Hashable, Sendable {
    /// A mount of cgroup v2.
    public struct Mount: Hashable, Sendable {
        public var point: String
        /// The cgroup that is seen at `point`; it begins with `/..` when that is above this process's cgroup namespace.
        public var root: String

        public init(point: String, root: String = "/") {
            self.point = point
            self.root = root
        }
    }

    /// The mount to use; nil: there is none.
    public var mount: Mount?
    /// The cgroup of this process in the v2 hierarchy, as /proc/self/cgroup tells; nil: there is no such hierarchy.
    public var own: String?
    /// Controllers that belong to a hierarchy of cgroup v1, out of v2's reach.
    public var legacyControllers: Set<String>

    public init(mount: Mount?, own: String?, legacyControllers: Set<String> = []) {
        self.mount = mount
        self.own = own
        self.legacyControllers = legacyControllers
    }

    /// - Parameter membership: the text of /proc/self/cgroup.
    public init(_ mounts: MountTable, membership: String) {
        own = nil
        legacyControllers = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0" {
                own = String(fields[2])
            } else {
                // A hierarchy without a controller has a name only: `1:name=systemd:/`.
                legacyControllers.formUnion(fields[1].split(separator: ",").filter { !$0.contains("=") }.map(String.init))
            }
        }
        // The place everybody expects, then that of hybrid hosts, then any; of several at one point the uppermost shows.
        let candidates = mounts.mounts(ofType: "cgroup2").filter { mounts.mount(containing: $0.mountPoint)?.id == $0.id }
        let points = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] + candidates.map(\.mountPoint)
        let best = points.lazy.compactMap { point in candidates.first { $0.mountPoint == point } }.first
        mount = best.map { Mount(point: $0.mountPoint, root: $0.root) }
    }

    /// Reads the facts of this process.
    public static func current() throws(CgroupsError) -> HostCgroups { try read("self") }

    /// Reads the facts of another: `own` is its cgroup, seen from ours.
    public static func of(_ pid: Int32) throws(CgroupsError) -> HostCgroups { try read("\(pid)") }

    private static func read(_ process: String) throws(CgroupsError) -> HostCgroups {
        try step("find the cgroup v2 mount") { () throws(SyscallError) in
            HostCgroups(try MountTable.current(), membership: try ProcFS.open().readText("\(process)/cgroup"))
        }
    }
}
