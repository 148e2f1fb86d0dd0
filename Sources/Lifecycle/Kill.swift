internal import Cgroups
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
        if signal == .kill && !record.hasOwnPIDNamespace { return try killAll(record) }
        if !isRunning { return }
        do throws(SyscallError) { try record.identity.open().send(signal) } catch {
            throw LifecycleError(error.errno == .noProcess ? "container not running" : "\(error)")
        }
    }

    /// Ends every process of the container's cgroup; one that is gone has none.
    func killAll(_ record: Record) throws(LifecycleError) {
        guard !record.cgroupPath.isEmpty else {
            do throws(SyscallError) {
                try ignoring(.noProcess) { () throws(SyscallError) in try record.identity.open().send(.kill) }
            } catch { throw LifecycleError("\(error)") }
            return
        }
        do throws(CgroupsError) {
            guard let cgroup = try Cgroup.open(placement(record.cgroupPath)) else { return }
            try cgroup.kill()
        } catch { throw LifecycleError("\(error)") }
    }
}
