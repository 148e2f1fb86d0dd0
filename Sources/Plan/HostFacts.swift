public import Spec

/// What planning must know of the host: read once, before anything is decided.
public struct HostFacts: Hashable, Sendable {
    /// The root file system, absolute and without symlinks.
    public var rootfs = "/"
    /// The mount point on which `rootfs` lies.
    public var rootfsMountPoint = "/"
    public var bundle = "/"
    public var uid: UInt32 = 0
    public var gid: UInt32 = 0
    /// The runtime's permitted capabilities.
    public var capabilities: UInt64 = 0
    /// The number of the kernel's last capability.
    public var lastCapability: UInt64 = 40
    /// Whether the runtime itself lives in a user namespace other than the first.
    public var isInUserNamespace = false
    /// Whether setgroups(2) is denied to the runtime's own user namespace.
    public var isSetgroupsDenied = false
    /// Namespaces that config.json joins by path and that are the runtime's own.
    public var sharedNamespaces: Set<Namespace.Kind> = []
    public var hasKcore = true
    public var hasAppArmor = false
    public var hasSELinux = false
    /// Where the host has its cgroup2 mount; empty: nowhere.
    public var cgroupMountPoint = ""
    /// Mount points of procfs and sysfs, for a root entered without pivoting.
    public var kernelMountPoints: [String] = []

    public init() {}
}

/// What the caller asks beyond config.json.
public struct LaunchRequest: Hashable, Sendable {
    public enum RootChange: Hashable, Sendable { case pivot, move }

    public var id = ""
    public var rootChange = RootChange.pivot
    /// nil: the session keyring is inherited.
    public var keyringName: String?
    /// Descriptors from 3 on that go to the program, those of $LISTEN_FDS included.
    public var preservedDescriptors: UInt32 = 0
    /// How many of them are $LISTEN_FDS.
    public var listenDescriptors: UInt32 = 0
    /// The compiled seccomp filter, if there is one.
    public var filter: FilterProgram?
    /// Where in the state that createContainer hooks read 10 spaces wait for the pid; and startContainer hooks.
    public var createStatePIDOffset = 0
    public var startStatePIDOffset = 0

    public init() {}
}

/// A seccomp filter as the kernel takes it.
public struct FilterProgram: Hashable, Sendable {
    /// `struct sock_filter[]`.
    public var instructions: [UInt8]
    /// SECCOMP_FILTER_FLAG_*.
    public var flags: UInt32
    public var hasListener: Bool

    public init(instructions: [UInt8], flags: UInt32, hasListener: Bool) {
        self.instructions = instructions
        self.flags = flags
        self.hasListener = hasListener
    }
}
