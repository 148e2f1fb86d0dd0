internal import CLinux
public import Kernel

/// Has a child of its own do `body`; the result is its pid.
///
/// The child has a copy of everything, and its parent's signal mask. The process must have one thread.
/// The corresponding system call is `clone(2)` with no flags but SIGCHLD.
public func fork(_ body: () -> Never) throws(SyscallError) -> Int32 {
    let threads = try threadCount()
    precondition(threads == 1, "a process with several threads must not fork")
    var pidfd: Int32 = -1
    let pid = unsafe clinux_fork(Int32(CLINUX_SIGCHLD), &pidfd)
    if pid == 0 { body() }
    guard pid > 0 else { throw SyscallError("clone", "", Errno(rawValue: -pid)) }
    _ = OwnedFD(adopting: pidfd)
    return pid
}
