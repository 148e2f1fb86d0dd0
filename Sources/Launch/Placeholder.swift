internal import Kernel
internal import Steps

/// A process that does nothing but be there: systemd makes no scope without one. It ends with the runtime at the latest.
public struct Placeholder: ~Copyable {
    public let pid: Int32
    private let pidfd: PidFD
    /// It waits for an answer, which never comes, or for the end of this.
    private let conversation: OwnedFD

    /// Starts it, in the runtime's own cgroup.
    public init() throws(LaunchError) {
        do throws(SyscallError) {
            let child = try clone([.await(.ready)], Slots(count: Slot.firstFree), flags: 0, cgroup: -1)
            pid = child.pid
            pidfd = child.pidfd
            conversation = child.conversation
        } catch { throw .prepare("start a process for systemd's scope", error) }
    }

    /// Kills it and waits for its end; once more does no harm.
    public func end() throws(LaunchError) {
        do throws(SyscallError) { try Launch.end(pidfd) } catch { throw .prepare("end the process for systemd's scope", error) }
    }
}
