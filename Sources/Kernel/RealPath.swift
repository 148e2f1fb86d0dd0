import CLinux

/// The working directory, absolute. ENOENT when it has been removed.
///
/// The corresponding system call is `getcwd(2)`.
public func workingDirectory() throws(SyscallError) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let size = buffer.count
    let count = Int(try call("getcwd") { unsafe clinux_getcwd(&buffer, size) })
    let path = String(decoding: buffer.prefix(max(0, count - 1)), as: UTF8.self)
    // Out of our root the kernel says "(unreachable)/…".
    guard Path.isAbsolute(path) else { throw SyscallError("getcwd", path, .noEntry) }
    return path
}

/// What the symlink at `path` reads. The corresponding system call is `readlinkat(2)`.
public func readLink(_ path: String) throws(SyscallError) -> String {
    try readLink(path, AT_FDCWD)
}

/// What the symlink `name` reads. The corresponding system call is `readlinkat(2)`.
public func readLink(_ name: String, at directory: borrowing OwnedFD) throws(SyscallError) -> String {
    try readLink(name, directory.raw)
}

private func readLink(_ path: String, _ directory: Int32) throws(SyscallError) -> String {
    // The longest target a symlink can have is PATH_MAX with its NUL, and the kernel's buffer for /proc/self/fd is one page.
    var buffer = [UInt8](repeating: 0, count: 4097)
    let size = buffer.count
    let count = Int(try call("readlink", path) { unsafe clinux_readlinkat(directory, path, &buffer, size) })
    guard count < size else { throw SyscallError("readlink", path, .nameTooLong) }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
}

/// Where the file of `fd` is: absolute, without symlinks, ` (deleted)` behind it once it is removed.
public func path(of fd: borrowing OwnedFD) throws(SyscallError) -> String {
    try ProcFS.open().readLink("self/fd/\(fd.raw)")
}

/// `path` made absolute and without symlinks; the file must be there.
public func realPath(_ path: String) throws(SyscallError) -> String {
    try Kernel.path(of: open(path, .path))
}
