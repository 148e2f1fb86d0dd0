/// `process` (runtime-spec config.md): what runs, as whom, with what rights.
public struct Process: Hashable, Sendable {
    public var hasTerminal = false
    /// nil unless both sides are given and not 0; meaningless without a terminal.
    public var consoleSize: ConsoleSize?
    public var user = User()
    public var arguments: [String] = []
    /// `NAME=value`, as written.
    public var environment: [String] = []
    public var workingDirectory = ""
    /// nil: the process keeps the runtime's own capabilities; empty sets drop everything.
    public var capabilities: Capabilities?
    public var rlimits: [Rlimit] = []
    public var hasNoNewPrivileges = false
    public var apparmorProfile = ""
    public var selinuxLabel = ""
    /// nil: not touched.
    public var oomScoreAdj: Int32?
    public var scheduler: Scheduler?
    public var ioPriority: IOPriority?
    public var execCPUAffinity: ExecCPUAffinity?

    public init() {}
}

public struct ConsoleSize: Hashable, Sendable {
    public var height: UInt16
    public var width: UInt16

    public init(height: UInt16, width: UInt16) {
        self.height = height
        self.width = width
    }
}

/// `process.user`; ids are the container's.
public struct User: Hashable, Sendable {
    public var uid: UInt32 = 0
    public var gid: UInt32 = 0
    /// 0022 where config.json has none, as runc and crun do.
    public var umask: UInt32 = 0o022
    public var additionalGids: [UInt32] = []

    public init() {}
}

/// `process.capabilities`: names as written (`CAP_CHOWN`); unknown ones are a warning of the planner.
public struct Capabilities: Hashable, Sendable {
    public var bounding: [String] = []
    public var effective: [String] = []
    public var inheritable: [String] = []
    public var permitted: [String] = []
    public var ambient: [String] = []

    public init() {}
}

public struct Rlimit: Hashable, Sendable {
    public enum Resource: String, CaseIterable, Hashable, Sendable {
        case cpu = "RLIMIT_CPU"
        case fsize = "RLIMIT_FSIZE"
        case data = "RLIMIT_DATA"
        case stack = "RLIMIT_STACK"
        case core = "RLIMIT_CORE"
        case rss = "RLIMIT_RSS"
        case nproc = "RLIMIT_NPROC"
        case nofile = "RLIMIT_NOFILE"
        case memlock = "RLIMIT_MEMLOCK"
        case addressSpace = "RLIMIT_AS"
        case locks = "RLIMIT_LOCKS"
        case sigpending = "RLIMIT_SIGPENDING"
        case msgqueue = "RLIMIT_MSGQUEUE"
        case nice = "RLIMIT_NICE"
        case rtprio = "RLIMIT_RTPRIO"
        case rttime = "RLIMIT_RTTIME"
    }

    public var resource: Resource
    public var soft: UInt64
    public var hard: UInt64

    public init(resource: Resource, soft: UInt64, hard: UInt64) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }
}

/// `process.scheduler`; values are those of sched_setattr(2).
public struct Scheduler: Hashable, Sendable {
    public enum Policy: UInt32, Hashable, Sendable {
        case other = 0, fifo, roundRobin, batch, iso, idle, deadline
    }

    public var policy = Policy.other
    public var nice: Int32 = 0
    public var priority: UInt32 = 0
    /// SCHED_FLAG_* combined.
    public var flags: UInt64 = 0
    /// Nanoseconds.
    public var runtime: UInt64 = 0
    public var deadline: UInt64 = 0
    public var period: UInt64 = 0

    public init() {}
}

/// `process.ioPriority`.
public struct IOPriority: Hashable, Sendable {
    public enum Class: UInt8, Hashable, Sendable {
        case realtime = 1, bestEffort, idle
    }

    public var `class`: Class
    /// 0 (first served) to 7.
    public var priority: UInt8

    public init(_ class: Class, priority: UInt8) {
        self.class = `class`
        self.priority = priority
    }
}

/// `process.execCPUAffinity`: CPU lists as written ("0-3,7"); empty: unchanged.
public struct ExecCPUAffinity: Hashable, Sendable {
    public var initial = ""
    public var final = ""

    public init() {}
}
