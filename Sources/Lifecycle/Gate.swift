internal import Kernel

/// The two fifos between a container's init and `start`, in its state directory.
///
/// The init holds both open from before its clone until execve(2) closes them: that the gate has a reader is what "created" means.
/// After its filter is loaded it needs only read(2) and write(2) for them.
enum Gate {
    /// Where `start` writes one byte.
    static let name = "gate"
    /// Its name until the container is created.
    static let draft = ".gate"
    /// Where the init tells `start` what failed, or that only execve is left, which closes it.
    static let report = "report"
    /// The most bytes of a report: such a write(2) is never split. pipe(7), PIPE_BUF.
    static let reportLimit = 4096

    /// Opened both ways: the init's read must not end when a writer goes.
    static func makeFifo(_ name: String, in directory: borrowing OwnedFD) throws(SyscallError) -> OwnedFD {
        try Kernel.makeFifo(name, at: directory, permissions: 0o600)
        return try open(name, beneath: directory, .readWrite)
    }

    /// What a look at the gate tells of a living init.
    enum Phase { case creating, waiting, passed }

    static func phase(in directory: borrowing OwnedFD) throws(SyscallError) -> Phase {
        do throws(SyscallError) {
            _ = try open(name, beneath: directory, [.writeOnly, .nonBlocking])
            return .waiting
        } catch {
            switch error.errno {
            case .noEntry: return .creating
            // fifo(7): nobody has it open for reading.
            case .noDeviceOrAddress: return .passed
            default: throw error
            }
        }
    }
}
