/// `linux` (runtime-spec config-linux.md).
public struct Linux: Hashable, Sendable {
    public var namespaces: [Namespace] = []
    public var uidMappings: [IDMapping] = []
    public var gidMappings: [IDMapping] = []
    public var timeOffsets: [TimeOffset] = []
    public var devices: [Device] = []
    /// As written; empty: the runtime's default place.
    public var cgroupsPath = ""
    public var resources = Resources()
    /// nil: slave.
    public var rootfsPropagation: Propagation?
    public var seccomp: Seccomp?
    /// In the order of config.json; keys are unique, as written (`net.ipv4.ip_forward`).
    public var sysctl: [Annotation] = []
    public var maskedPaths: [String] = []
    public var readonlyPaths: [String] = []
    public var mountLabel = ""
    public var personality: Personality?
    public var hasIntelRdt = false
    public var hasNetDevices = false
    public var memoryPolicy: MemoryPolicy?

    public init() {}
}

public struct Namespace: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case pid, network, mount, ipc, uts, user, cgroup, time
    }

    public var kind: Kind
    /// Absolute path of one to join; empty: a new one.
    public var path: String

    public init(_ kind: Kind, path: String = "") {
        self.kind = kind
        self.path = path
    }
}

public struct TimeOffset: Hashable, Sendable {
    public enum Clock: String, Hashable, Sendable {
        case monotonic, boottime
    }

    public var clock: Clock
    public var seconds: Int64
    public var nanoseconds: UInt32

    public init(_ clock: Clock, seconds: Int64, nanoseconds: UInt32) {
        self.clock = clock
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// One entry of `linux.devices`.
public struct Device: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case character = "c", block = "b", unbuffered = "u", fifo = "p"
    }

    public var kind: Kind
    public var path: String
    public var major: UInt32 = 0
    public var minor: UInt32 = 0
    /// Permission bits only; 0666 where config.json has none.
    public var mode: UInt32 = 0o666
    public var uid: UInt32 = 0
    public var gid: UInt32 = 0

    public init(_ kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}

public enum Propagation: String, CaseIterable, Hashable, Sendable {
    case shared, slave, `private`, unbindable
    case rshared, rslave, rprivate, runbindable
}

public struct Personality: Hashable, Sendable {
    public enum Domain: UInt, Hashable, Sendable {
        case linux = 0
        case linux32 = 8
    }

    public var domain: Domain
    /// As written; the specification defines none.
    public var flags: [String] = []

    public init(_ domain: Domain) { self.domain = domain }
}

/// `linux.memoryPolicy`; values are those of set_mempolicy(2).
public struct MemoryPolicy: Hashable, Sendable {
    public var mode: UInt32 = 0
    public var flags: UInt32 = 0
    /// A list such as "0-3,7", as written.
    public var nodes = ""

    public init() {}
}
