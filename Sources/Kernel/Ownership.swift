import CLinux

/// The corresponding system call is `fchownat(2)` with `AT_EMPTY_PATH`.
public func changeOwner(of fd: borrowing OwnedFD, uid: UInt32, gid: UInt32) throws(SyscallError) {
    let raw = fd.raw
    try call("fchownat", "\(uid):\(gid)") { unsafe clinux_fchownat(raw, "", uid, gid, AT_EMPTY_PATH) }
}

/// Changes the owner of `name` itself, a symlink included. The corresponding system call is `fchownat(2)`.
public func changeOwner(of name: String, at directory: borrowing OwnedFD, uid: UInt32, gid: UInt32) throws(SyscallError) {
    let fd = directory.raw
    try call("fchownat", name) { unsafe clinux_fchownat(fd, name, uid, gid, AT_SYMLINK_NOFOLLOW) }
}

/// Sets the permission bits, whatever the umask. `fd` must not be open as a path. The corresponding system call is `fchmod(2)`.
public func changePermissions(of fd: borrowing OwnedFD, _ permissions: UInt32) throws(SyscallError) {
    let raw = fd.raw
    try call("fchmod", "0" + String(permissions, radix: 8)) { clinux_fchmod(raw, permissions) }
}
