/// How long the host waits for what, at most.
enum Patience {
    /// From the machine's start to its agent's hello: without hardware for it, and beside others, a boot takes its time.
    static let boot = Duration.seconds(120)
    /// For a supervisor to take a connection.
    static let connection = Duration.seconds(10)
    /// For an answer of the agent that takes no more than its work.
    static let answer = Duration.seconds(60)
    /// For all in the machine to end and be written.
    static let shutDown = Duration.seconds(10)
    /// For the process on the host to end after one in the guest was killed, the machine with it if it has one.
    static let killed = Duration.seconds(20)
    /// For the hypervisor to add all interfaces.
    static let plug = Duration.seconds(10)
    /// A hook in the guest without a timeout of its own.
    static let hook = Duration.seconds(3600)
}
