internal import CLinux
internal import Steps

@_noAllocation @_noLocks
func joinNamespace(_ slot: Slot, _ type: Int32, _ patience: Patience, _ child: inout Child) -> Result {
    let fd = child.fd(slot)
    if fd < 0 { return 0 }
    let result = setNamespace(fd, type)
    if case .mayRetry = patience, result == -EPERM { return 0 }
    if result < 0 { return result }
    child.fill(slot, -1)
    _ = close(fd)
    return type == CLONE_NEWUSER ? askSetgroups(&child) : 0
}

/// A user namespace whose maps were written without rights denies setgroups(2); only a process inside is told.
@_noAllocation @_noLocks
private func askSetgroups(_ child: inout Child) -> Result {
    let resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS)
    let fd = unsafe open(child.fd(.proc), pointer("self/setgroups"), flags: UInt64(O_RDONLY | O_CLOEXEC), resolve: resolve)
    if fd < 0 { return fd }
    // "allow" or "deny".
    var letter: UInt8 = 0
    let count = retry { unsafe read(fd, &letter, 1) }
    _ = close(fd)
    child.isSetgroupsDenied = count == 1 && letter == UInt8(ascii: "d")
    return count < 0 ? Int32(truncatingIfNeeded: count) : 0
}

/// Goes on in a new process whose parent is this one's; this one says who it is and ends.
///
/// A process cannot enter a pid or time namespace itself, only its children can.
@_noAllocation @_noLocks
func forkOn(_ flags: UInt64, _ child: Child) -> Result {
    var pidfd: Int32 = -1
    let pid = clone(flags | siblingFlag, signal: 0, &pidfd)
    // Not before the parent knows it: what it says would be taken for the other's.
    if pid == 0 { return hear(child) }
    if pid < 0 { return pid }
    tell(child, Report(subject: Report.forked, value: pid))
    terminate(0)
}

private var siblingFlag: UInt64 {
    @_noAllocation @_noLocks get { UInt64(CLONE_PARENT) }
}

/// A session keyring of its own, that its user may search. keyctl(2); a kernel without keyrings is no error.
@_noAllocation @_noLocks
func newKeyring(_ name: CText) -> Result {
    let key = unsafe keyControl(KEYCTL_JOIN_SESSION_KEYRING, UInt(bitPattern: name.pointer), 0)
    if key == -ENOSYS { return 0 }
    if key < 0 { return key }
    // The possessor everything; the user view, read, search and link.
    return keyControl(KEYCTL_SETPERM, UInt(key), 0x3f1b_0000)
}

@_noAllocation @_noLocks
func bringLoopbackUp() -> Result {
    let socket = socket(Int32(CLINUX_AF_INET), Int32(CLINUX_SOCK_DGRAM | CLINUX_SOCK_CLOEXEC))
    if socket < 0 { return socket }
    let result = bringLoopbackUp(socket)
    _ = close(socket)
    return result
}

/// Writes a file of the host's procfs, reached by the verified handle without crossing another mount (CVE-2025-52881).
@_noAllocation @_noLocks
func writeProc(_ path: StaticString, _ text: CText, _ child: Child) -> Result {
    let resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS)
    return unsafe writeOnce(open(child.fd(.proc), pointer(path), flags: writeFlags, resolve: resolve), text)
}

@_noAllocation @_noLocks
func setExecLabel(_ module: SecurityModule, _ label: CText, _ child: Child) -> Result {
    switch module {
    case .selinux: return writeProc("self/attr/exec", label, child)
    case .apparmor:
        // Kernels before 5.1 have one file for whichever module is first.
        let result = writeProc("self/attr/apparmor/exec", label, child)
        return result == -ENOENT ? writeProc("self/attr/exec", label, child) : result
    }
}

@_noAllocation @_noLocks
func writeSysctl(_ path: CText, _ value: CText, _ child: Child) -> Result {
    let resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS)
    return unsafe writeOnce(open(child.fd(.proc), path.pointer, flags: writeFlags, resolve: resolve), value)
}

private var writeFlags: UInt64 {
    @_noAllocation @_noLocks get { UInt64(O_WRONLY | O_CLOEXEC) }
}

@_noAllocation @_noLocks
private func writeOnce(_ fd: Int32, _ text: CText) -> Result {
    if fd < 0 { return fd }
    let written = retry { unsafe write(fd, text.pointer, text.count) }
    _ = close(fd)
    return written < 0 ? Int32(truncatingIfNeeded: written) : 0
}

/// Opens a path descriptor's file for use, through the verified /proc.
@_noAllocation @_noLocks
func reopen(_ fd: Int32, _ flags: Int32, _ child: Child) -> Result {
    let resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS)
    let flagsOfDirectory = pathFlags | UInt64(O_DIRECTORY)
    let directory = unsafe open(child.fd(.proc), pointer("self/fd"), flags: flagsOfDirectory, resolve: resolve)
    if directory < 0 { return directory }
    // The digits of fd, from the end of the room backwards.
    var room = InlineArray<12, CChar>(repeating: 0)
    var position = 11
    var number = fd
    repeat {
        position -= 1
        room[position] = CChar(truncatingIfNeeded: 48 + number % 10)
        number /= 10
    } while number > 0
    var mutable = room.mutableSpan
    let result = unsafe mutable.withUnsafeMutableBytes { bytes in
        let digits = unsafe UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self) + position
        return unsafe open(directory, digits, flags | O_CLOEXEC, 0)
    }
    _ = close(directory)
    return result
}
