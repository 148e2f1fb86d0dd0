import CLinux

/// A resource limit of a process.
public struct Limit: Hashable, Sendable {
    public var soft: UInt64
    public var hard: UInt64

    public static let infinity = UInt64.max

    public init(soft: UInt64, hard: UInt64) {
        self.soft = soft
        self.hard = hard
    }
}

/// The resources of getrlimit(2).
public enum LimitedResource: Int32, Hashable, Sendable, CaseIterable {
    // The numbers of <asm-generic/resource.h>, which x86_64 and aarch64 share.
    case cpu, fileSize, data, stack, core, residentSet, processes, openFiles, lockedMemory, addressSpace, locks, pendingSignals
    case messageQueues, nice, realtimePriority, realtimeTime
}

/// That of process `pid`, 0: this one. The corresponding system call is `prlimit(2)`.
public func limit(_ resource: LimitedResource, of pid: Int32 = 0) throws(SyscallError) -> Limit {
    var old = clinux_rlimit()
    try call("prlimit", "\(resource)") { unsafe clinux_prlimit(pid, resource.rawValue, nil, &old) }
    return Limit(soft: old.soft, hard: old.hard)
}

/// Sets that of process `pid`, 0: this one. The corresponding system call is `prlimit(2)`.
public func setLimit(_ resource: LimitedResource, to limit: Limit, of pid: Int32 = 0) throws(SyscallError) {
    var new = clinux_rlimit(soft: limit.soft, hard: limit.hard)
    try call("prlimit", "\(resource)") { unsafe clinux_prlimit(pid, resource.rawValue, &new, nil) }
}
