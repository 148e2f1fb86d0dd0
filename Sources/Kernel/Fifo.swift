import CLinux

/// Makes a fifo; the umask applies. The corresponding system call is `mknodat(2)`.
public func makeFifo(_ path: String, permissions: UInt32) throws(SyscallError) {
    try call("mkfifo", path) { unsafe clinux_mknodat(AT_FDCWD, path, UInt32(S_IFIFO) | permissions, 0, 0) }
}

/// Makes a fifo; the umask applies. The corresponding system call is `mknodat(2)`.
public func makeFifo(_ name: String, at directory: borrowing OwnedFD, permissions: UInt32) throws(SyscallError) {
    let fd = directory.raw
    try call("mkfifo", name) { unsafe clinux_mknodat(fd, name, UInt32(S_IFIFO) | permissions, 0, 0) }
}
