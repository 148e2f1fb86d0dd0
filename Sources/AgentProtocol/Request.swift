public import JSON

/// What the host asks of the agent: the first message of a channel, which is answered by one `Answer`.
public enum Request: Hashable, Sendable {
    /// Once, before anything else: clock, host name, where the shared directory is mounted.
    case configure(GuestSettings)
    /// Links, addresses, routes and neighbours of the guest; may be said again.
    case setNetwork(Value)
    /// `linux.sysctl` of the runtime specification, as far as it is below `net.`: the guest's network is the machine's.
    case setSysctls([Value.Member])
    /// A container, up to its gate. The channel stays: it carries the standard streams and ends with `Notice.exited`.
    case create(CreateOrder)
    /// A process in a container. The channel stays, as that of `create`.
    case exec(ExecOrder)
    /// Lets a created container execute its program. Answered when it runs.
    case start(id: String)
    case kill(id: String, signal: Int32, KillExtent)
    case delete(id: String, isForced: Bool)
    case pause(id: String)
    case resume(id: String)
    /// `linux.resources` of the runtime specification.
    case update(id: String, resources: Value)
    /// Answered with the list of pids of the guest.
    case processes(id: String)
    /// Answered with the lines of a table of them, a header first.
    case processTable(id: String)
    /// Answered with what `events --stats` prints of it.
    case statistics(id: String)
    /// Answered with the container's status.
    case state(id: String)
    /// The channel stays until it is closed, and carries `Notice.outOfMemory`.
    case watch(id: String)
    case setClock(nanoseconds: Int64)
    /// Ends all containers, syncs, and switches the machine off.
    case shutDown
}

public enum KillExtent: String, Hashable, Sendable, CaseIterable {
    case initProcess = "init"
    case all
}

/// What the agent must know before it makes containers.
public struct GuestSettings: Hashable, Sendable {
    /// Nanoseconds since 1970, UTC.
    public var clock: Int64
    public var hostname: String
    /// The virtiofs tag of the directory shared by the host, which is mounted on `SharedDirectory.mountPoint`.
    public var shareTag: String

    public init(clock: Int64, hostname: String, shareTag: String) {
        self.clock = clock
        self.hostname = hostname
        self.shareTag = shareTag
    }
}

/// Where the directory that the host shares is seen in the guest.
public enum SharedDirectory {
    public static let mountPoint = "/run/swiftrun/share"
}

/// A container to be made in the guest.
public struct CreateOrder: Hashable, Sendable {
    public var id: String
    /// config.json with paths of the guest and without what the host does itself.
    public var config: Value
    /// Namespaces, by their names in config.json, that are those of the container `sandbox`.
    public var joins: [String]
    public var sandbox: String
    /// Which streams the process has; a terminal has input and output.
    public var streams: [StandardStream]
    public var hasTerminal: Bool
    /// The host waits for `Notice.ready`: the program is to have a socket where it can tell (sd_notify(3)).
    public var tellsReadiness: Bool

    public init(
        id: String, config: Value, joins: [String] = [], sandbox: String = "", streams: [StandardStream] = StandardStream.allCases,
        hasTerminal: Bool = false, tellsReadiness: Bool = false
    ) {
        self.id = id
        self.config = config
        self.joins = joins
        self.sandbox = sandbox
        self.streams = streams
        self.hasTerminal = hasTerminal
        self.tellsReadiness = tellsReadiness
    }
}

/// A process to be run in a container of the guest.
public struct ExecOrder: Hashable, Sendable {
    public var id: String
    /// `process` of config.json, whole.
    public var process: Value
    public var streams: [StandardStream]
    public var hasTerminal: Bool
    /// Below the container's cgroup; empty: the container's own.
    public var cgroup: String
    public var mayBePaused: Bool

    public init(
        id: String, process: Value, streams: [StandardStream] = StandardStream.allCases, hasTerminal: Bool = false, cgroup: String = "",
        mayBePaused: Bool = false
    ) {
        self.id = id
        self.process = process
        self.streams = streams
        self.hasTerminal = hasTerminal
        self.cgroup = cgroup
        self.mayBePaused = mayBePaused
    }
}

/// What the host says later on the channel of a process.
public enum Instruction: Hashable, Sendable {
    case signal(Int32)
    case resize(rows: UInt16, columns: UInt16)
    /// Nobody reads the stream, which is output or errors, any more: who writes to it is to be told as by a pipe without a reader.
    case abandon(StandardStream)
}

/// The agent's answer to a request.
public enum Answer: Hashable, Sendable {
    /// `null` where there is nothing to tell.
    case done(Value)
    /// The error's text, as the runtime would say it on a host.
    case failed(String)
}

/// What the agent says unasked on a channel that stays.
public enum Notice: Hashable, Sendable {
    /// The process has ended, and all its output was sent. The last message of the channel.
    case exited(End, nanoseconds: Int64, wasOutOfMemory: Bool)
    /// The program of a container whose order asks for it has told that it is ready. Once at most.
    case ready
    /// The kernel has killed a process of the container for want of memory.
    case outOfMemory

    public enum End: Hashable, Sendable {
        case code(Int32)
        case signal(Int32)
    }
}
