import CLinux

/// Gives `number`, whatever it was, the open file of `source`, not close-on-exec.
///
/// The corresponding system call is `dup3(2)`.
public func replace(_ number: Int32, with source: Int32) throws(SyscallError) {
    if number == source { return }
    try call("dup3", "\(source) to \(number)") { clinux_dup3(source, number, 0) }
}

/// Closes all descriptors from `first` on, whoever owns them: for a process that is about to become another.
///
/// The corresponding system call is `close_range(2)`.
public func closeDescriptors(from first: UInt32) throws(SyscallError) {
    try call("close_range") { clinux_close_range(first, UInt32.max, 0) }
}

/// How many bytes a pipe or a socket holds to be read. The corresponding system call is `ioctl(2)` with `FIONREAD`.
public func readableBytes(of fd: borrowing OwnedFD) throws(SyscallError) -> Int {
    let raw = fd.raw
    var count: Int32 = 0
    try call("ioctl", "FIONREAD") { unsafe clinux_readable(raw, &count) }
    return Int(count)
}

/// Has `number` closed in a program that this process executes. The corresponding system call is `fcntl(2)` with `F_SETFD`.
public func setCloseOnExec(_ number: Int32) throws(SyscallError) {
    try call("fcntl", "F_SETFD") { clinux_fcntl(number, F_SETFD, Int(FD_CLOEXEC)) }
}
