import CLinux

/// Makes one system call, and makes it again while a signal interrupts it.
///
/// `subject` holds every path the call is given: one with a NUL in it, of which the kernel would read the first half, is
/// refused with EINVAL. EBADF and EFAULT trap: they are our bugs, not the world's.
@discardableResult
public func call<Result: FixedWidthInteger & SignedInteger>(
    _ name: StaticString, _ subject: String? = nil, _ body: () -> Result
) throws(SyscallError) -> Result {
    if let subject, subject.utf8.contains(0) { throw SyscallError(name.description, subject, .invalid) }
    var result = body()
    while result == -Result(truncatingIfNeeded: EINTR) { result = body() }
    guard result >= 0 else {
        let errno = Errno(rawValue: Int32(truncatingIfNeeded: 0 - result))
        precondition(errno != .badDescriptor && errno != .badAddress, "\(name) \(subject ?? ""): \(errno)")
        throw SyscallError(name.description, subject, errno)
    }
    return result
}

/// Does `body`, for which a refusal with one of `errnos` is as good as success: cleanup, mostly.
///
/// The closure must say what it throws: `try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(path) }`.
public func ignoring(_ errnos: Errno..., body: () throws(SyscallError) -> Void) throws(SyscallError) {
    do throws(SyscallError) {
        try body()
    } catch {
        guard errnos.contains(error.errno) else { throw error }
    }
}
