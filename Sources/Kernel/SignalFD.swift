import CLinux

/// Blocked signals, to be read when they come.
public struct SignalFD: ~Copyable, Sendable {
    /// Readable when a signal waits. Reads do not block.
    public let descriptor: OwnedFD

    /// `signals` must be blocked, else they arrive in the usual way. The corresponding system call is `signalfd(2)`.
    public init(_ signals: SignalSet) throws(SyscallError) {
        let fd = try call("signalfd") { clinux_signalfd(signals.mask, O_CLOEXEC | O_NONBLOCK) }
        descriptor = OwnedFD(adopting: fd)
    }

    /// The next signal that waits; nil when none does.
    public func next() throws(SyscallError) -> Signal? {
        let raw = descriptor.raw
        var record = signalfd_siginfo()
        do throws(SyscallError) {
            try call("read", "signalfd") { unsafe clinux_read(raw, &record, MemoryLayout<signalfd_siginfo>.size) }
        } catch {
            guard error.errno == .tryAgain else { throw error }
            return nil
        }
        return Signal(rawValue: Int32(bitPattern: record.ssi_signo))
    }
}
