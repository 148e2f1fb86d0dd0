import CLinux

/// How a process ended.
public enum ExitStatus: Hashable, Sendable {
    case exited(Int32)
    case signaled(Signal, CoreDump)

    public enum CoreDump: Hashable, Sendable {
        case written, none
    }

    /// What a shell says of it: the exit code, or 128 and the signal.
    public var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal, _): 128 + signal.rawValue
        }
    }

    init(_ exit: clinux_exit) {
        switch exit.code {
        case Int32(CLINUX_CLD_KILLED): self = .signaled(Signal(rawValue: exit.status), .none)
        case Int32(CLINUX_CLD_DUMPED): self = .signaled(Signal(rawValue: exit.status), .written)
        default: self = .exited(exit.status)
        }
    }
}

extension ExitStatus: CustomStringConvertible {
    public var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal, .none): "killed by \(signal)"
        case .signaled(let signal, .written): "killed by \(signal), core dumped"
        }
    }
}

/// A process, held so that its pid cannot come to mean another.
public struct PidFD: ~Copyable, Sendable {
    public let descriptor: OwnedFD

    public init(adopting descriptor: consuming OwnedFD) { self.descriptor = descriptor }

    /// Of the process which has `pid` now. The corresponding system call is `pidfd_open(2)`.
    public init(of pid: Int32) throws(SyscallError) {
        descriptor = OwnedFD(adopting: try call("pidfd_open", "process \(pid)") { clinux_pidfd_open(pid, 0) })
    }

    /// ESRCH when it has ended. The corresponding system call is `pidfd_send_signal(2)`.
    public func send(_ signal: Signal) throws(SyscallError) {
        let raw = descriptor.raw
        try call("pidfd_send_signal", signal.description) { clinux_pidfd_send_signal(raw, signal.rawValue) }
    }

    /// Waits until the process, anybody's, has ended. False: the deadline came first.
    public func hasEnded(by deadline: Deadline) throws(SyscallError) -> Bool {
        try poll([Watch(descriptor, .readable)], until: deadline) != nil
    }

    /// Waits for a child and reaps it. ECHILD when it is another's or reaped.
    ///
    /// The corresponding system call is `waitid(2)`.
    public func wait() throws(SyscallError) -> ExitStatus {
        let raw = descriptor.raw
        var exit = clinux_exit()
        try call("waitid") { unsafe clinux_waitid(raw, 0, 0, &exit) }
        return ExitStatus(exit)
    }

    /// Waits for a child and reaps it; nil: the deadline came first.
    public func wait(until deadline: Deadline) throws(SyscallError) -> ExitStatus? {
        try hasEnded(by: deadline) ? wait() : nil
    }
}
