import CLinux

/// Makes one system call, and makes it again while a signal interrupts it.
///
/// EBADF and EFAULT trap: they are our bugs, not the world's.
@discardableResult
func call<Result: FixedWidthInteger & SignedInteger>(
    _ name: StaticString, _ subject: String? = nil, _ body: () -> Result
) throws(SyscallError) -> Result {
    var result = body()
    while result == -Result(truncatingIfNeeded: EINTR) { result = body() }
    guard result >= 0 else {
        let errno = Errno(rawValue: Int32(truncatingIfNeeded: 0 - result))
        precondition(errno != .badDescriptor && errno != .badAddress, "\(name) \(subject ?? ""): \(errno)")
        throw SyscallError(name.description, subject, errno)
    }
    return result
}
