import CLinux

/// The user and group this process is.
public struct OwnIDs: Hashable, Sendable {
    public let uid: UInt32
    public let effectiveUID: UInt32
    public let gid: UInt32
    public let effectiveGID: UInt32

    public init() {
        uid = clinux_getuid()
        effectiveUID = clinux_geteuid()
        gid = clinux_getgid()
        effectiveGID = clinux_getegid()
    }
}

/// Supplementary groups of this process. The corresponding system call is `getgroups(2)`.
public func ownGroups() throws(SyscallError) -> [UInt32] {
    // NGROUPS_MAX.
    var groups = [UInt32](repeating: 0, count: 65536)
    let size = Int32(groups.count)
    let count = try call("getgroups") { unsafe clinux_getgroups(size, &groups) }
    return Array(groups.prefix(Int(count)))
}

public func ownPID() -> Int32 { clinux_getpid() }

public func parentPID() -> Int32 { clinux_getppid() }

/// How many threads this process has: cloning a container is only safe with one.
public func threadCount() throws(SyscallError) -> Int {
    try entries(of: ProcFS.open().open("self/task", [.readOnly, .directory])).count
}

/// Capability sets of a process, one bit for each number of capabilities(7).
public struct CapabilitySets: Hashable, Sendable {
    public let effective: UInt64
    public let permitted: UInt64
    public let inheritable: UInt64
}

/// The corresponding system call is `capget(2)`.
public func ownCapabilities() throws(SyscallError) -> CapabilitySets {
    var sets = clinux_capabilities()
    try call("capget") { unsafe clinux_capget(0, &sets) }
    return CapabilitySets(effective: sets.effective, permitted: sets.permitted, inheritable: sets.inheritable)
}

/// To the process which has `pid` now, or with a negative number to its group. Prefer `PidFD.send`.
///
/// The corresponding system call is `kill(2)`.
public func kill(_ pid: Int32, _ signal: Signal) throws(SyscallError) {
    try call("kill", "process \(pid) \(signal)") { clinux_kill(pid, signal.rawValue) }
}

/// Keeps others of the same user from tracing this process and from opening its /proc files.
///
/// The corresponding system call is `prctl(2)` with `PR_SET_DUMPABLE`.
public func becomeUndumpable() throws(SyscallError) {
    try call("prctl", "PR_SET_DUMPABLE") { clinux_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) }
}

/// Sets the umask; the result is the one before. The corresponding system call is `umask(2)`.
@discardableResult
public func setUmask(_ mask: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: clinux_umask(mask))
}
