public import Cgroups
public import JSON
public import Kernel
public import Spec
public import Store

/// Who runs the processes of containers: the host's kernel, or that of a virtual machine.
///
/// What does not depend on it is the verbs' own: records, locks, statuses, the gate, hooks, pid files and their wording. A container's
/// init, as the host knows it, is in both cases a process that holds the gate until the program runs, and that ends as it does.
public protocol Backend: Sendable {
    /// Decides everything about a new container, and touches nothing. nil: its bundle asks for somebody else.
    func design(_ request: CreateRequest, _ id: ContainerID, _ bundle: Bundle) throws(LifecycleError) -> (any Blueprint)?

    func isFrozen(_ record: Record) throws(LifecycleError) -> Bool

    /// What was written to the fifo `report` after the gate; nil: the program runs.
    func lateFailure(_ report: [UInt8], _ record: Record) -> LifecycleError?

    /// Why the container ended with more than itself; nil: it ended by itself, or nobody knows.
    func failure(of record: Record) -> String?

    /// Sends a signal to the init, or by `.all` to what is left of the container. It may have ended meanwhile.
    func kill(_ record: Record, _ signal: Signal, _ scope: Runtime.KillScope) throws(LifecycleError)

    func freeze(_ record: Record) throws(LifecycleError)

    func thaw(_ record: Record) throws(LifecycleError)

    /// Puts limits in force, all or none. Returns warnings.
    func update(_ record: Record, _ resources: Resources) throws(LifecycleError) -> [String]

    /// What ps(1) with `options` tells of the container's processes, which are `pids` on the host: a header, and a line for each.
    func processTable(_ record: Record, _ pids: [Int32], options: [String]) throws(LifecycleError) -> [String]

    /// `data` of what `events --stats` prints.
    func statistics(_ record: Record) throws(LifecycleError) -> Value

    func events(_ record: Record, every interval: Duration) throws(LifecycleError) -> any EventSource

    /// Brings a process in a container up to its last step.
    func join(_ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest) throws(LifecycleError) -> Parked

    /// Removes what a container that has ended has left outside of its cgroup and its state directory. Returns what others were to remove
    /// and have not: no reason to keep the container.
    func clear(_ record: Record) throws(LifecycleError) -> [String]
}

/// What was decided about a new container by the one who is to run it.
public protocol Blueprint {
    /// Absolute path on the host.
    var rootfs: String { get }
    var warnings: [String] { get }
    /// Id of the container whose virtual machine it is to be in.
    var sandbox: String? { get }
    /// Whether killing the init ends all processes that the container has on the host.
    var hasOwnPIDNamespace: Bool { get }
    /// Of its cgroup on the host.
    var limits: Cgroups.Limits { get }
    /// What can fail after the gate, in words, and the number of the first.
    var lateSteps: (first: Int, texts: [String]) { get }

    /// For a person, or a program.
    func text(_ format: Runtime.PlanFormat) -> String

    /// Puts limits and rules of its cgroup on the host in force. Returns warnings.
    func furnish(_ cgroup: borrowing Cgroup) throws(CgroupsError) -> [String]

    /// Brings the container up to its gate, in `cgroup`, or in the caller's.
    func launch(_ place: borrowing Place, in cgroup: borrowing Cgroup?) throws(LifecycleError) -> Parked

    /// Takes back what `launch` made, but for processes, which are gone, the cgroup and the state directory.
    func undo() throws(LifecycleError)
}

/// What a container is launched with.
public struct Place: ~Copyable {
    /// For hooks; its pid is to be filled in.
    public let state: State
    /// The two fifos of the gate, opened for reading and writing.
    public let gate: OwnedFD
    public let report: OwnedFD
}

/// A process that has done all but its last step, which it takes when it is let go.
public struct Parked: ~Copyable {
    public let pid: Int32
    public let pidfd: PidFD
    /// The master of its terminal, if it has one.
    public var terminal: OwnedFD?
    let conversation: any Conversation

    public init(pid: Int32, pidfd: consuming PidFD, terminal: consuming OwnedFD?, _ conversation: any Conversation) {
        self.pid = pid
        self.pidfd = pidfd
        self.terminal = terminal
        self.conversation = conversation
    }

    /// Kills it and waits for its end.
    func kill() throws(SyscallError) {
        try ignoring(.noProcess) { () throws(SyscallError) in try pidfd.send(.kill) }
        try ignoring(.noChild) { () throws(SyscallError) in _ = try pidfd.wait() }
    }
}

/// The runtime's end of what it has to say to a parked process.
public protocol Conversation {
    /// From here on the process outlives the runtime.
    func letGo() throws(LifecycleError)

    /// Waits until it has executed its program, once it was let go: for a process without a gate.
    func execution() throws(LifecycleError)
}

/// The events of one container, one after the other.
public protocol EventSource: AnyObject {
    /// Waits for the next one; nil: the container has ended.
    func next() throws(LifecycleError) -> ContainerEvent?
}
