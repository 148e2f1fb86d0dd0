import CLinux

/// A child that has ended and is reaped: its pid may come to mean another process.
public struct EndedChild: Hashable, Sendable {
    public let pid: Int32
    public let status: ExitStatus
}

/// Reaps a child that has ended, of its own or adopted; nil when none has.
///
/// The corresponding system call is `waitid(2)`.
public func reapChild() throws(SyscallError) -> EndedChild? {
    var exit = clinux_exit()
    do throws(SyscallError) {
        try call("waitid") { unsafe clinux_waitid(-1, -1, Int32(WNOHANG), &exit) }
    } catch {
        guard error.errno == .noChild else { throw error }
        return nil
    }
    return exit.pid == 0 ? nil : EndedChild(pid: exit.pid, status: ExitStatus(exit))
}

/// Whether there is any child that was not reaped, running or not. The corresponding system call is `waitid(2)` with `WNOWAIT`.
public func hasChildren() throws(SyscallError) -> Bool {
    var exit = clinux_exit()
    do throws(SyscallError) {
        try call("waitid") { unsafe clinux_waitid(-1, -1, Int32(WNOHANG) | Int32(WNOWAIT), &exit) }
        return true
    } catch {
        guard error.errno == .noChild else { throw error }
        return false
    }
}
