import CLinux

/// A set of signals.
public struct SignalSet: Hashable, Sendable {
    /// Signal n is bit n - 1.
    public var mask: UInt64

    public init(mask: UInt64) { self.mask = mask }

    public init(_ signals: Signal...) {
        mask = signals.reduce(0) { $0 | 1 << UInt64($1.rawValue - 1) }
    }

    public static let all = SignalSet(mask: .max)

    public func contains(_ signal: Signal) -> Bool { mask & 1 << UInt64(signal.rawValue - 1) != 0 }
}

/// Blocks `signals` besides those that are; the result is the mask before. SIGKILL and SIGSTOP stay as they are.
///
/// The corresponding system call is `rt_sigprocmask(2)`.
@discardableResult
public func block(_ signals: SignalSet) throws(SyscallError) -> SignalSet {
    try changeMask(Int32(CLINUX_SIG_BLOCK), signals)
}

/// Makes `signals` the blocked ones, as before a `block`.
///
/// The corresponding system call is `rt_sigprocmask(2)`.
@discardableResult
public func setBlocked(_ signals: SignalSet) throws(SyscallError) -> SignalSet {
    try changeMask(Int32(CLINUX_SIG_SETMASK), signals)
}

private func changeMask(_ how: Int32, _ signals: SignalSet) throws(SyscallError) -> SignalSet {
    var mask = signals.mask
    var old: UInt64 = 0
    try call("rt_sigprocmask") { unsafe clinux_sigprocmask(how, &mask, &old) }
    return SignalSet(mask: old)
}

/// Has `signal` do nothing. The corresponding system call is `rt_sigaction(2)`.
public func ignore(_ signal: Signal) throws(SyscallError) {
    try call("rt_sigaction", signal.description) { clinux_signal_ignore(signal.rawValue) }
}

/// Has `signal` do what it does by default. The corresponding system call is `rt_sigaction(2)`.
public func restoreDefault(of signal: Signal) throws(SyscallError) {
    try call("rt_sigaction", signal.description) { clinux_signal_default(signal.rawValue) }
}
