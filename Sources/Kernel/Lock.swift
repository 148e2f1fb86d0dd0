import CLinux

/// A lock on an open file, let go when the last descriptor of it is closed.
public enum LockKind: Hashable, Sendable {
    case shared, exclusive
}

/// Waits for the lock, or with `.refuses` answers EAGAIN at once when somebody else has it.
///
/// The corresponding system call is `flock(2)`.
public func lock(
    _ fd: borrowing OwnedFD, _ kind: LockKind, _ blocking: Blocking = .waits, subject: String? = nil
) throws(SyscallError) {
    let raw = fd.raw
    var operation = kind == .shared ? Int32(CLINUX_LOCK_SH) : Int32(CLINUX_LOCK_EX)
    if blocking == .refuses { operation |= Int32(CLINUX_LOCK_NB) }
    try call("flock", subject) { clinux_flock(raw, operation) }
}

/// Lets go of the lock, whoever else, such as a child, holds a descriptor of the same open file. It cannot be refused.
///
/// The corresponding system call is `flock(2)`.
public func unlock(_ fd: borrowing OwnedFD) {
    _ = clinux_flock(fd.raw, Int32(CLINUX_LOCK_UN))
}
