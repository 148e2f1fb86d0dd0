import CLinux

/// A file descriptor with one owner, closed when the owner goes.
public struct OwnedFD: ~Copyable {
    /// The number, valid only while this value lives.
    public let raw: Int32

    /// Takes over an open descriptor; nobody else may close it.
    public init(adopting raw: Int32) {
        precondition(raw >= 0)
        self.raw = raw
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
}
