// table
// The child's only door to the kernel: each thunk is one C call, exempt from the compiler's check that forbids allocation and locks.

internal import CLinux
internal import Steps

/// What every act of the child returns: 0 or more, or -errno, as the kernel does.
typealias Result = Int32

@_semantics("no_performance_analysis") @inline(__always)
func mount(_ source: CText, on target: StaticString, _ type: CText, _ flags: UInt64, _ data: CText) -> Result {
    unsafe clinux_mount(source.pointer, pointer(target), type.pointer, UInt(flags), data.pointer)
}

@_semantics("no_performance_analysis") @inline(__always)
func openFileSystem(_ type: StaticString) -> Result { unsafe clinux_fsopen(pointer(type), UInt32(FSOPEN_CLOEXEC)) }

@_semantics("no_performance_analysis") @inline(__always)
func configure(_ fileSystem: Int32, _ key: StaticString, _ value: StaticString) -> Result {
    unsafe clinux_fsconfig(fileSystem, UInt32(FSCONFIG_SET_STRING.rawValue), pointer(key), pointer(value), 0)
}

@_semantics("no_performance_analysis") @inline(__always)
func create(_ fileSystem: Int32) -> Result {
    clinux_fsconfig(fileSystem, UInt32(FSCONFIG_CMD_CREATE.rawValue), nil, nil, 0)
}

@_semantics("no_performance_analysis") @inline(__always)
func mount(_ fileSystem: Int32, _ attributes: UInt64) -> Result {
    clinux_fsmount(fileSystem, UInt32(FSMOUNT_CLOEXEC), UInt32(attributes))
}

@_semantics("no_performance_analysis") @inline(__always)
func mount(_ source: StaticString, on target: StaticString, _ type: StaticString, _ flags: UInt64, _ data: StaticString) -> Result {
    unsafe clinux_mount(pointer(source), pointer(target), pointer(type), UInt(flags), pointer(data))
}

/// Texts of the program itself are NUL-terminated.
@_semantics("no_performance_analysis") @inline(__always)
func pointer(_ text: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_semantics("no_performance_analysis") @inline(__always)
func unmount(_ target: StaticString, _ flags: Int32) -> Result { unsafe clinux_umount2(pointer(target), flags) }

@_semantics("no_performance_analysis") @inline(__always)
func detach(_ target: UnsafePointer<CChar>) -> Result { unsafe clinux_umount2(target, Int32(CLINUX_MNT_DETACH)) }

@_semantics("no_performance_analysis") @inline(__always)
func pivotRoot(_ newRoot: StaticString, _ putOld: StaticString) -> Result {
    unsafe clinux_pivot_root(pointer(newRoot), pointer(putOld))
}

@_semantics("no_performance_analysis") @inline(__always)
func changeRoot(_ path: StaticString) -> Result { unsafe clinux_chroot(pointer(path)) }

@_semantics("no_performance_analysis") @inline(__always)
func openTree(_ directory: Int32, _ path: UnsafePointer<CChar>, _ flags: UInt32) -> Result {
    unsafe clinux_open_tree(directory, path, flags)
}

@_semantics("no_performance_analysis") @inline(__always)
func moveMount(_ tree: Int32, onto directory: Int32, _ path: UnsafePointer<CChar>, _ flags: UInt32) -> Result {
    unsafe clinux_move_mount(tree, "", directory, path, flags)
}

@_semantics("no_performance_analysis") @inline(__always)
func setMountAttributes(
    _ directory: Int32, _ path: UnsafePointer<CChar>, _ flags: UInt32, set: UInt64, clear: UInt64, propagation: UInt64
) -> Result {
    unsafe clinux_mount_setattr(directory, path, flags, set, clear, propagation, -1)
}

@_semantics("no_performance_analysis") @inline(__always)
func open(_ directory: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: UInt32) -> Result {
    unsafe clinux_openat(directory, path, flags, mode)
}

@_semantics("no_performance_analysis") @inline(__always)
func open(_ directory: Int32, _ path: UnsafePointer<CChar>, flags: UInt64, resolve: UInt64) -> Result {
    var how = open_how()
    how.flags = flags
    how.resolve = resolve
    return unsafe clinux_openat2(directory, path, &how)
}

@_semantics("no_performance_analysis") @inline(__always)
func close(_ fd: Int32) -> Result { clinux_close(fd) }

@_semantics("no_performance_analysis") @inline(__always)
func closeRange(_ first: UInt32, _ last: UInt32, _ flags: UInt32) -> Result { clinux_close_range(first, last, flags) }

@_semantics("no_performance_analysis") @inline(__always)
func read(_ fd: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int { unsafe clinux_read(fd, buffer, count) }

@_semantics("no_performance_analysis") @inline(__always)
func write(_ fd: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int { unsafe clinux_write(fd, buffer, count) }

@_semantics("no_performance_analysis") @inline(__always)
func writeAt(_ fd: Int32, _ buffer: UnsafeRawPointer, _ count: Int, _ offset: Int) -> Int {
    unsafe clinux_pwrite(fd, buffer, count, offset)
}

@_semantics("no_performance_analysis") @inline(__always)
func rewind(_ fd: Int32) -> Result { clinux_lseek(fd, 0, 0) }

@_semantics("no_performance_analysis") @inline(__always)
func duplicate(_ fd: Int32, as number: Int32) -> Result { clinux_dup3(fd, number, 0) }

@_semantics("no_performance_analysis") @inline(__always)
func control(_ fd: Int32, _ command: Int32, _ argument: Int) -> Result { clinux_fcntl(fd, command, argument) }

@_semantics("no_performance_analysis") @inline(__always)
func status(_ directory: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32, _ result: inout clinux_stat) -> Result {
    unsafe clinux_stat(directory, path, flags, &result)
}

@_semantics("no_performance_analysis") @inline(__always)
func fileSystem(_ fd: Int32, _ type: inout UInt64, _ flags: inout UInt64) -> Result {
    unsafe clinux_fstatfs(fd, &type, &flags)
}

@_semantics("no_performance_analysis") @inline(__always)
func makeDirectory(_ directory: Int32, _ path: UnsafePointer<CChar>, _ mode: UInt32) -> Result {
    unsafe clinux_mkdirat(directory, path, mode)
}

@_semantics("no_performance_analysis") @inline(__always)
func makeNode(_ directory: Int32, _ path: UnsafePointer<CChar>, _ mode: UInt32, _ major: UInt32, _ minor: UInt32) -> Result {
    unsafe clinux_mknodat(directory, path, mode, major, minor)
}

@_semantics("no_performance_analysis") @inline(__always)
func makeSymlink(to target: UnsafePointer<CChar>, _ directory: Int32, _ path: UnsafePointer<CChar>) -> Result {
    unsafe clinux_symlinkat(target, directory, path)
}

@_semantics("no_performance_analysis") @inline(__always)
func unlink(_ directory: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32) -> Result {
    unsafe clinux_unlinkat(directory, path, flags)
}

@_semantics("no_performance_analysis") @inline(__always)
func readLink(_ directory: Int32, _ path: UnsafePointer<CChar>, _ buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Result {
    unsafe clinux_readlinkat(directory, path, buffer, size)
}

@_semantics("no_performance_analysis") @inline(__always)
func changeOwner(_ directory: Int32, _ path: UnsafePointer<CChar>, _ uid: UInt32, _ gid: UInt32, _ flags: Int32) -> Result {
    unsafe clinux_fchownat(directory, path, uid, gid, flags)
}

@_semantics("no_performance_analysis") @inline(__always)
func changeMode(_ directory: Int32, _ path: UnsafePointer<CChar>, _ mode: UInt32) -> Result {
    unsafe clinux_fchmodat(directory, path, mode)
}

@_semantics("no_performance_analysis") @inline(__always)
func mayAccess(_ path: UnsafePointer<CChar>, _ mode: Int32) -> Result {
    unsafe clinux_faccessat2(AT_FDCWD, path, mode, AT_EACCESS)
}

@_semantics("no_performance_analysis") @inline(__always)
func changeDirectory(_ path: UnsafePointer<CChar>) -> Result { unsafe clinux_chdir(path) }

@_semantics("no_performance_analysis") @inline(__always)
func changeDirectory(_ fd: Int32) -> Result { clinux_fchdir(fd) }

@_semantics("no_performance_analysis") @inline(__always)
func workingDirectory(_ buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Result { unsafe clinux_getcwd(buffer, size) }

@_semantics("no_performance_analysis") @inline(__always)
func listDirectory(_ fd: Int32, _ buffer: UnsafeMutableRawPointer, _ size: Int) -> Result {
    unsafe clinux_getdents64(fd, buffer, size)
}

@_semantics("no_performance_analysis") @inline(__always)
func sendFile(to out: Int32, from source: Int32, _ count: Int) -> Int { clinux_sendfile(out, source, count) }

@_semantics("no_performance_analysis") @inline(__always)
func copyTimes(_ directory: Int32, _ path: UnsafePointer<CChar>, from source: Int32, _ sourcePath: UnsafePointer<CChar>) -> Result {
    unsafe clinux_utimensat_copy(directory, path, source, sourcePath)
}

@_semantics("no_performance_analysis") @inline(__always)
func clone(_ flags: UInt64, signal: Int32, _ pidfd: inout Int32) -> Result { unsafe clinux_clone3(flags, signal, &pidfd, -1) }

@_semantics("no_performance_analysis") @inline(__always)
func fork(signal: Int32, _ pidfd: inout Int32) -> Result { unsafe clinux_fork(signal, &pidfd) }

@_semantics("no_performance_analysis") @inline(__always)
func execute(_ path: UnsafePointer<CChar>, _ arguments: CTexts, _ environment: CTexts) -> Result {
    unsafe clinux_execve(path, arguments.pointer, environment.pointer)
}

@_semantics("no_performance_analysis") @inline(__always)
func terminate(_ status: Int32) -> Never { clinux_exit(status) }

@_semantics("no_performance_analysis") @inline(__always)
func processID() -> Int32 { clinux_getpid() }

@_semantics("no_performance_analysis") @inline(__always)
func signal(_ pidfd: Int32, _ number: Int32) -> Result { clinux_pidfd_send_signal(pidfd, number) }

@_semantics("no_performance_analysis") @inline(__always)
func wait(_ pidfd: Int32, _ result: inout clinux_exit) -> Result { unsafe clinux_waitid(pidfd, 0, 0, &result) }

@_semantics("no_performance_analysis") @inline(__always)
func poll(_ fd: inout pollfd, _ timeout: inout __kernel_timespec) -> Result { unsafe clinux_ppoll(&fd, 1, &timeout, nil) }

@_semantics("no_performance_analysis") @inline(__always)
func unshare(_ flags: Int32) -> Result { clinux_unshare(flags) }

@_semantics("no_performance_analysis") @inline(__always)
func setNamespace(_ fd: Int32, _ type: Int32) -> Result { clinux_setns(fd, type) }

@_semantics("no_performance_analysis") @inline(__always)
func newSession() -> Result { clinux_setsid() }

@_semantics("no_performance_analysis") @inline(__always)
func processControl(_ option: Int32, _ a: UInt, _ b: UInt = 0, _ c: UInt = 0) -> Result { clinux_prctl(option, a, b, c, 0) }

@_semantics("no_performance_analysis") @inline(__always)
func setSignalMask(_ mask: UInt64) -> Result {
    var set = mask
    return unsafe clinux_sigprocmask(Int32(CLINUX_SIG_SETMASK), &set, nil)
}

@_semantics("no_performance_analysis") @inline(__always)
func setDefaultDisposition(_ signal: Int32) -> Result { clinux_signal_default(signal) }

@_semantics("no_performance_analysis") @inline(__always)
func setUmask(_ mask: UInt32) -> Result { clinux_umask(mask) }

@_semantics("no_performance_analysis") @inline(__always)
func setPersonality(_ domain: UInt64) -> Result { clinux_personality(UInt(domain)) }

@_semantics("no_performance_analysis") @inline(__always)
func setAffinity(_ mask: UnsafeRawPointer, _ size: Int) -> Result { unsafe clinux_sched_setaffinity(0, size, mask) }

@_semantics("no_performance_analysis") @inline(__always)
func setScheduler(_ attributes: UnsafeRawPointer) -> Result { unsafe clinux_sched_setattr(0, attributes) }

@_semantics("no_performance_analysis") @inline(__always)
func setIOPriority(_ value: Int32) -> Result { clinux_ioprio_set(Int32(IOPRIO_WHO_PROCESS), 0, value) }

@_semantics("no_performance_analysis") @inline(__always)
func setMemoryPolicy(_ mode: Int32, _ nodes: UnsafeRawPointer, _ bits: UInt) -> Result {
    unsafe clinux_set_mempolicy(mode, nodes.assumingMemoryBound(to: UInt.self), bits)
}

@_semantics("no_performance_analysis") @inline(__always)
func keyControl(_ operation: Int32, _ a: UInt, _ b: UInt) -> Result { clinux_keyctl(operation, a, b, 0, 0) }

@_semantics("no_performance_analysis") @inline(__always)
func setHostname(_ name: CText) -> Result { unsafe clinux_sethostname(name.pointer, name.count) }

@_semantics("no_performance_analysis") @inline(__always)
func setDomainname(_ name: CText) -> Result { unsafe clinux_setdomainname(name.pointer, name.count) }

@_semantics("no_performance_analysis") @inline(__always)
func loadFilter(_ program: CBytes, _ flags: UInt32) -> Result {
    unsafe clinux_seccomp_load(flags, program.pointer, UInt16(truncatingIfNeeded: program.count / 8))
}

@_semantics("no_performance_analysis") @inline(__always)
func setIDs(uid: UInt32, gid: UInt32) -> Result {
    let result = clinux_setresgid(gid, gid, gid)
    return result < 0 ? result : clinux_setresuid(uid, uid, uid)
}

@_semantics("no_performance_analysis") @inline(__always)
func setGroups(_ groups: CBytes, _ count: Int32) -> Result {
    unsafe clinux_setgroups(Int(count), UnsafeRawPointer(groups.pointer).assumingMemoryBound(to: UInt32.self))
}

@_semantics("no_performance_analysis") @inline(__always)
func setCapabilities(_ sets: inout clinux_capabilities) -> Result { unsafe clinux_capset(&sets) }

@_semantics("no_performance_analysis") @inline(__always)
func socket(_ domain: Int32, _ type: Int32) -> Result { clinux_socket(domain, type, 0) }

@_semantics("no_performance_analysis") @inline(__always)
func bringLoopbackUp(_ socket: Int32) -> Result { clinux_loopback_up(socket) }

@_semantics("no_performance_analysis") @inline(__always)
func send(_ socket: Int32, _ bytes: UnsafeRawPointer, _ count: Int, fd: Int32) -> Int {
    unsafe clinux_send_fd(socket, bytes, count, fd)
}

@_semantics("no_performance_analysis") @inline(__always)
func setWindowSize(_ fd: Int32, rows: UInt16, columns: UInt16) -> Result {
    var size = clinux_winsize(rows: rows, columns: columns, xpixel: 0, ypixel: 0)
    return unsafe clinux_tty_set_size(fd, &size)
}

@_semantics("no_performance_analysis") @inline(__always)
func setControllingTerminal(_ fd: Int32) -> Result { clinux_tty_set_controlling(fd) }

@_semantics("no_performance_analysis") @inline(__always)
func openTerminalPeer(_ master: Int32) -> Result { clinux_tty_open_peer(master, O_RDWR | O_NOCTTY | O_CLOEXEC) }

@_semantics("no_performance_analysis") @inline(__always)
func unlockTerminal(_ master: Int32) -> Result { clinux_tty_unlock(master) }
