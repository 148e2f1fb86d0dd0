public import Kernel
internal import Launch

/// A program of a machine, a child of this process. It is killed and reaped when its last owner lets go of it.
public final class MachineProcess {
    /// What errors call it.
    public let name: String
    public let pid: Int32
    /// Readable once it has ended.
    public let pidfd: PidFD
    /// How it ended, once that is known.
    public private(set) var status: ExitStatus?

    init(_ name: String, _ daemon: consuming StartedDaemon) {
        self.name = name
        pid = daemon.pid
        pidfd = daemon.pidfd
    }

    deinit { do throws(MachineError) { try end() } catch { _ = error } }

    /// Reaps it if it has ended by then; nil: it runs.
    public func look(until deadline: Deadline = .passed) throws(MachineError) -> ExitStatus? {
        if status == nil { try reap(until: deadline) }
        return status
    }

    /// Kills it, waits for its end and reaps it.
    public func end() throws(MachineError) {
        guard status == nil else { return }
        try step("kill \(name)") { () throws(SyscallError) in
            try ignoring(.noProcess) { () throws(SyscallError) in try pidfd.send(.kill) }
        }
        try reap(until: .never)
    }

    private func reap(until deadline: Deadline) throws(MachineError) {
        status = try step("wait for \(name)") { () throws(SyscallError) in try pidfd.wait(until: deadline) }
    }
}
