/// A seccomp filter ready to be loaded.
public struct Filter: Hashable, Sendable {
    /// The program, at most 4096 long: each element is one `struct sock_filter` of `<linux/filter.h>`, laid out as the kernel
    /// reads it.
    public let program: [UInt64]
    /// SECCOMP_FILTER_FLAG_*, complete for seccomp(2) with SECCOMP_SET_MODE_FILTER: NEW_LISTENER is set when
    /// `needsListener` is. All of them are known to the kernel this was compiled on.
    public let flags: UInt32
    /// A rule has SCMP_ACT_NOTIFY: the descriptor that loading returns goes to `listenerPath`.
    public var needsListener: Bool { flags & newListener != 0 }
}
