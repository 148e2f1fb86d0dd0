public import JSON
public import Spec

/// What a container in a virtual machine comes to.
public struct GuestPlan: Hashable, Sendable {
    /// config.json as the guest gets it.
    public var config: Value
    /// Namespaces, by their names in config.json, that are those of the sandbox. In `config` they have no path.
    public var joins: [String] = []
    /// What the host shares for it, in the order of the mounts; the root file system is the first.
    public var shares: [Share] = []
    /// `linux.sysctl` below `net.`: in the guest the network is the machine's, not the container's.
    public var networkSysctls: [Annotation] = []
    /// Whose interfaces become the machine's; nil: a new one's, which has none.
    public var network: NetworkNamespace?

    public struct NetworkNamespace: Hashable, Sendable {
        public let path: String
        /// Which field of config.json says so.
        public let field: String
    }

    /// Something of the host that is seen in the guest below `SharedDirectory.mountPoint`.
    public struct Share: Hashable, Sendable {
        public enum Kind: Hashable, Sendable { case directory, file }
        public enum Access: Hashable, Sendable { case readWrite, readOnly }
        public enum Reach: Hashable, Sendable {
            /// Mounts below the source come along, those of later too.
            case all
            case one
        }

        /// Whose files they are in the guest: `hostID` for what is `containerID`'s on the file system (runtime-spec config.md).
        public struct Owners: Hashable, Sendable {
            public var uids: [IDMapping]
            public var gids: [IDMapping]
            /// Whether it is so for mounts below the source as well.
            public var reach: Reach

            public init(uids: [IDMapping], gids: [IDMapping], reach: Reach) {
                self.uids = uids
                self.gids = gids
                self.reach = reach
            }
        }

        /// `ID/rootfs`, `ID/0`, ...
        public var name: String
        /// Absolute.
        public var source: String
        public var kind: Kind
        public var access: Access
        public var reach: Reach
        /// nil: owners are as on the host.
        public var owners: Owners?

        public init(_ name: String, source: String, kind: Kind, access: Access, reach: Reach, owners: Owners? = nil) {
            self.name = name
            self.source = source
            self.kind = kind
            self.access = access
            self.reach = reach
            self.owners = owners
        }
    }

    /// Where the guest has the shared memory of a pod.
    public static let sharedMemory = "/run/swiftrun/shm"

    /// `document` is config.json, `config` the same as values; `placement` is not `.host`.
    public init(_ document: Value, _ config: Config, id: String, _ placement: Placement, _ facts: GuestFacts) throws(GuestPlanError) {
        try refuse(config)
        self.config = document
        shares = [Share("\(id)/rootfs", source: facts.rootfs, kind: .directory, access: .readWrite, reach: .all)]
        self.config.set(["root", "path"], .string("\(shareDirectory)/\(id)/rootfs"))
        try placeMounts(config, id, facts)
        try placeNamespaces(config, placement, facts)
        takeSysctls(config)
        removeWhatIsOfTheHost()
        self.config.set(["linux", "cgroupsPath"], .string("/\(id)"))
    }

    /// The sources of bind mounts, all of which `GuestFacts.sources` has to tell of.
    public static func sources(of config: Config, bundle: String) -> [(path: String, reach: Share.Reach)] {
        config.mounts.filter { isShared($0) }.map { (absolute($0.source, bundle), reach($0)) }
    }
}
