/// `linux.resources` (runtime-spec config-linux.md), as written: nil and empty mean "not set".
public struct Resources: Hashable, Sendable {
    public var devices: [DeviceRule] = []
    public var memory = Memory()
    public var cpu = CPU()
    public var blockIO = BlockIO()
    /// -1: unlimited; 0 is a limit.
    public var pidsLimit: Int64?
    public var hugepageLimits: [HugepageLimit] = []
    public var network = Network()
    public var rdma: [RDMALimit] = []
    /// cgroup v2 file name and its value, in the order of config.json.
    public var unified: [Annotation] = []

    public init() {}
}

public struct DeviceRule: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case all = "a", character = "c", block = "b"
    }

    public struct Access: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let mknod = Access(rawValue: 1)
        public static let read = Access(rawValue: 2)
        public static let write = Access(rawValue: 4)
    }

    public var isAllowed: Bool
    public var kind: Kind
    /// nil: every one.
    public var major: UInt32?
    public var minor: UInt32?
    public var access: Access

    public init(isAllowed: Bool, kind: Kind, major: UInt32?, minor: UInt32?, access: Access) {
        self.isAllowed = isAllowed
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }
}

/// Bytes; -1: unlimited.
public struct Memory: Hashable, Sendable {
    public var limit: Int64?
    public var reservation: Int64?
    /// Memory and swap together.
    public var swap: Int64?
    public var kernel: Int64?
    public var kernelTCP: Int64?
    public var swappiness: UInt64?
    public var disableOOMKiller: Bool?
    public var useHierarchy: Bool?
    public var checkBeforeUpdate: Bool?

    public init() {}
}

/// Times in microseconds.
public struct CPU: Hashable, Sendable {
    public var shares: UInt64?
    public var quota: Int64?
    public var burst: UInt64?
    public var period: UInt64?
    public var realtimeRuntime: Int64?
    public var realtimePeriod: UInt64?
    public var cpus = ""
    public var mems = ""
    public var idle: Int64?

    public init() {}
}

public struct BlockIO: Hashable, Sendable {
    public struct WeightDevice: Hashable, Sendable {
        public var major: Int64
        public var minor: Int64
        public var weight: UInt16?
        public var leafWeight: UInt16?

        public init(major: Int64, minor: Int64, weight: UInt16?, leafWeight: UInt16?) {
            self.major = major
            self.minor = minor
            self.weight = weight
            self.leafWeight = leafWeight
        }
    }

    public struct ThrottleDevice: Hashable, Sendable {
        public var major: Int64
        public var minor: Int64
        public var rate: UInt64

        public init(major: Int64, minor: Int64, rate: UInt64) {
            self.major = major
            self.minor = minor
            self.rate = rate
        }
    }

    public var weight: UInt16?
    public var leafWeight: UInt16?
    public var weightDevices: [WeightDevice] = []
    public var throttleReadBps: [ThrottleDevice] = []
    public var throttleWriteBps: [ThrottleDevice] = []
    public var throttleReadIOPS: [ThrottleDevice] = []
    public var throttleWriteIOPS: [ThrottleDevice] = []

    public init() {}
}

public struct HugepageLimit: Hashable, Sendable {
    /// Such as "2MB" or "1GB".
    public var pageSize: String
    /// Bytes.
    public var limit: UInt64

    public init(pageSize: String, limit: UInt64) {
        self.pageSize = pageSize
        self.limit = limit
    }
}

public struct Network: Hashable, Sendable {
    public var classID: UInt32?
    public var hasPriorities = false

    public init() {}
}

public struct RDMALimit: Hashable, Sendable {
    public var device: String
    public var hcaHandles: UInt32?
    public var hcaObjects: UInt32?

    public init(device: String, hcaHandles: UInt32?, hcaObjects: UInt32?) {
        self.device = device
        self.hcaHandles = hcaHandles
        self.hcaObjects = hcaObjects
    }
}
