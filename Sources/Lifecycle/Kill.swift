internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    public enum KillScope: Hashable, Sendable {
        case initProcess
        /// runc's hidden --all: a container whose init has ended is no error.
        case all
    }

    /// Sends a signal to the init. SIGKILL ends all processes of a container that has no pid namespace of its own.
    public func kill(_ id: String, signal: Int32, _ scope: KillScope) throws(LifecycleError) {
        let directory = try open(try containerID(id))
        let record = try failing { () throws(StoreError) in try directory.load() }
        let signal = Signal(rawValue: signal)
        let isRunning = try status(record, directory) != .stopped
        if !isRunning && scope == .initProcess { throw LifecycleError("container not running") }
        if !isRunning && signal != .kill { return }
        try backend(of: record).kill(record, signal, scope)
    }
}
