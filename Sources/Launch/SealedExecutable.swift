internal import CLinux
public import Kernel
internal import Steps

/// Makes sure that the running program's file cannot be written through /proc/PID/exe (CVE-2019-5736): where it could be, the
/// program is executed again from a read-only mount of itself that is part of no file tree, or from a sealed copy.
///
/// The container's init is a clone of this process until it executes its own program, and may even be asked to execute
/// /proc/self/exe; a process of the container then holds our file, and writes to it once nobody runs it. Returns when the file is
/// safe; a mount costs one execve(2), a copy one more pass over the file.
public func protectExecutable(_ arguments: [String]) throws(SyscallError) {
    let own = try open("/proc/self/exe", .path)
    if try isProtected(own) { return }
    if try ownCapabilities().effective & 1 << 21 != 0 {
        if let tree = try readonlyTree() { try execute(tree, arguments) }
    }
    try execute(try sealedCopy(), arguments)
}

/// On a read-only mount, sealed, or not ours to write in the first place.
private func isProtected(_ own: borrowing OwnedFD) throws(SyscallError) -> Bool {
    if try fileSystem(of: own).flags.contains(.readOnly) { return true }
    // A memory file belongs to no directory.
    if try status(of: own).links == 0, try seals(of: try open("/proc/self/exe", .readOnly)).contains(.write) { return true }
    // An ordinary user's containers have no more rights to a file than he has.
    let user = OwnIDs().effectiveUID
    guard user != 0, try status(of: own).uid != user else { return false }
    return unsafe clinux_faccessat2(AT_FDCWD, "/proc/self/exe", Int32(CLINUX_W_OK), AT_EACCESS) != 0
}

/// nil where the kernel refuses, as under a seccomp filter of an older container engine.
private func readonlyTree() throws(SyscallError) -> OwnedFD? {
    let tree = unsafe clinux_open_tree(AT_FDCWD, "/proc/self/exe", UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC))
    guard tree >= 0 else { return nil }
    let owned = OwnedFD(adopting: tree)
    let result = unsafe clinux_mount_setattr(tree, "", UInt32(AT_EMPTY_PATH), UInt64(MOUNT_ATTR_RDONLY), 0, 0, -1)
    if result < 0 { return nil }
    return owned
}

private func sealedCopy() throws(SyscallError) -> OwnedFD {
    let copied = try makeMemoryFile("swiftrun")
    try copy(try open("/proc/self/exe", .readOnly), to: copied)
    try add(.all, to: copied)
    return copied
}

/// Returns only to say why it could not. execveat(2).
private func execute(_ file: borrowing OwnedFD, _ arguments: [String]) throws(SyscallError) {
    let pool = TextPool()
    let argv = pool.intern(arguments.compactMap { pool.intern($0) })
    let envp = pool.intern(environment().compactMap { pool.intern($0) })
    let result = unsafe clinux_execveat(file.raw, "", argv.pointer, envp.pointer, AT_EMPTY_PATH)
    throw SyscallError("execveat", "the own program", Errno(rawValue: 0 - result))
}
