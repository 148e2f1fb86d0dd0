import CLinux

/// A file descriptor with one owner, closed when the owner goes.
public struct OwnedFD: ~Copyable, Sendable {
    /// The number, valid only while this value lives.
    public let raw: Int32

    /// Takes over an open descriptor; nobody else may close it.
    public init(adopting raw: Int32) {
        precondition(raw >= 0)
        self.raw = raw
    }

    /// A descriptor of one's own for one that was inherited, such as standard input: close-on-exec, numbered 3 or above.
    ///
    /// Unlike elsewhere EBADF is thrown: an inherited descriptor may be closed.
    /// The corresponding system call is `fcntl(2)` with `F_DUPFD_CLOEXEC`.
    public init(duplicating inherited: Int32) throws(SyscallError) {
        let result = clinux_dup(inherited)
        guard result >= 0 else { throw SyscallError("fcntl", "descriptor \(inherited)", Errno(rawValue: -result)) }
        raw = result
    }

    deinit {
        // The result of close(2) tells nothing here: the descriptor is gone whatever it says.
        _ = clinux_close(raw)
    }

    /// Gives the descriptor away unclosed, to an owner outside this type.
    public consuming func release() -> Int32 {
        let fd = raw
        discard self
        return fd
    }

    /// Another descriptor of the same open file, close-on-exec, numbered 3 or above.
    ///
    /// The corresponding system call is `fcntl(2)` with `F_DUPFD_CLOEXEC`.
    public func duplicate() throws(SyscallError) -> OwnedFD {
        OwnedFD(adopting: try call("fcntl", "F_DUPFD_CLOEXEC") { clinux_dup(raw) })
    }

    /// Likewise, numbered `lowest` or above.
    public func duplicate(from lowest: Int32) throws(SyscallError) -> OwnedFD {
        OwnedFD(adopting: try call("fcntl", "F_DUPFD_CLOEXEC") { clinux_fcntl(raw, F_DUPFD_CLOEXEC, Int(lowest)) })
    }
}

/// Whether `raw`, a descriptor this process may have inherited, is open.
public func isOpen(_ raw: Int32) -> Bool {
    clinux_fcntl(raw, F_GETFD, 0) >= 0
}

/// What a read or a write does when it cannot go on at once.
public enum Blocking: Hashable, Sendable {
    case waits
    /// It is refused with EAGAIN.
    case refuses
}

/// Changes how reads and writes of the open file wait; whoever shares the open file shares the change.
///
/// The corresponding system call is `fcntl(2)` with `F_SETFL`.
public func setBlocking(_ fd: borrowing OwnedFD, _ blocking: Blocking) throws(SyscallError) {
    let raw = fd.raw
    let flags = try call("fcntl", "F_GETFL") { clinux_fcntl(raw, F_GETFL, 0) }
    let wanted = blocking == .waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK
    try call("fcntl", "F_SETFL") { clinux_fcntl(raw, F_SETFL, Int(wanted)) }
}

/// Whether `raw` is open and came from whoever executed this program: what a program opens itself is close-on-exec here, and
/// nothing that is could have come.
///
/// The corresponding system call is `fcntl(2)` with `F_GETFD`.
public func isInherited(_ raw: Int32) -> Bool {
    let flags = clinux_fcntl(raw, F_GETFD, 0)
    return flags >= 0 && flags & FD_CLOEXEC == 0
}
