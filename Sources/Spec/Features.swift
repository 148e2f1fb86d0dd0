/// What this build can do (runtime-spec features.md), the same on every host.
///
/// nil: unknown, and left out; empty and false: not supported.
public struct Features: Hashable, Sendable {
    public var hooks: [String] = []
    public var mountOptions: [String] = []
    public var linux = Linux()
    public var annotations: [Annotation] = []
    /// Annotations of config.json that may change how the runtime behaves; one that ends in "." is a prefix.
    public var potentiallyUnsafeConfigAnnotations: [String] = []

    public init() {}

    /// `linux` (runtime-spec features-linux.md).
    public struct Linux: Hashable, Sendable {
        public var namespaces: [String] = []
        public var capabilities: [String] = []
        public var cgroup: Cgroup?
        public var seccomp: Seccomp?
        public var isAppArmorEnabled: Bool?
        public var isSELinuxEnabled: Bool?
        public var intelRdt: IntelRdt?
        public var memoryPolicy: MemoryPolicy?
        /// `mountExtensions.idmap`.
        public var isIDMapEnabled: Bool?
        public var areNetDevicesEnabled: Bool?

        public init() {}
    }

    public struct Cgroup: Hashable, Sendable {
        public var isV1 = false
        public var isV2 = false
        public var isSystemd = false
        /// The systemd driver for users other than root.
        public var isSystemdUser = false
        public var isRDMA = false

        public init() {}
    }

    public struct Seccomp: Hashable, Sendable {
        public var isEnabled = false
        public var actions: [String] = []
        public var operators: [String] = []
        public var archs: [String] = []
        public var knownFlags: [String] = []
        /// Those of `knownFlags` that the libraries and the kernel have too.
        public var supportedFlags: [String] = []

        public init() {}
    }

    public struct IntelRdt: Hashable, Sendable {
        public var isEnabled = false
        public var hasSchemata = false
        public var hasMonitoring = false

        public init() {}
    }

    public struct MemoryPolicy: Hashable, Sendable {
        public var modes: [String] = []
        public var flags: [String] = []

        public init() {}
    }
}
