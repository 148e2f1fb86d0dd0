/// A refused system call: which call, on what, and the kernel's answer.
public struct SyscallError: Error, Hashable, Sendable {
    /// The call's name in the manual, such as `openat2`.
    public let call: String
    /// What it was made on: a path, a process, a descriptor's role. Empty where the call says it all.
    public let subject: String
    public let errno: Errno

    public init(_ call: String, _ subject: String?, _ errno: Errno) {
        self.call = call
        self.subject = subject ?? ""
        self.errno = errno
    }
}

extension SyscallError: CustomStringConvertible {
    public var description: String {
        subject.isEmpty ? "\(call): \(errno)" : "\(call) \(subject): \(errno)"
    }
}
