import CLinux

/// Both ends of a pipe.
@frozen
public struct Pipe: ~Copyable, Sendable {
    public var reader: OwnedFD
    public var writer: OwnedFD

    /// The corresponding system call is `pipe2(2)`.
    public init() throws(SyscallError) {
        var fds: [Int32] = [-1, -1]
        try call("pipe2") { unsafe clinux_pipe2(&fds, O_CLOEXEC) }
        reader = OwnedFD(adopting: fds[0])
        writer = OwnedFD(adopting: fds[1])
    }
}
