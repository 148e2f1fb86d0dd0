import CLinux

/// What a file is.
public enum FileKind: Hashable, Sendable {
    case regular, directory, symbolicLink, characterDevice, blockDevice, fifo, socket

    init?(mode: UInt32) {
        switch Int32(mode) & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        default: return nil
        }
    }
}

/// A device's number.
public struct DeviceNumber: Hashable, Sendable {
    public let major: UInt32
    public let minor: UInt32

    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Takes makedev(3)'s 64 bits apart.
    init(_ bits: UInt64) {
        major = UInt32(truncatingIfNeeded: (bits >> 8 & 0xfff) | (bits >> 32 & 0xffff_f000))
        minor = UInt32(truncatingIfNeeded: (bits & 0xff) | (bits >> 12 & 0xffff_ff00))
    }
}

/// What the kernel knows of a file.
public struct FileStatus: Hashable, Sendable {
    /// Type and permission bits.
    public let mode: UInt32
    public let uid: UInt32
    public let gid: UInt32
    /// How many names it has; 0: removed.
    public let links: UInt32
    public let inode: UInt64
    /// That of the filesystem it is in.
    public let device: DeviceNumber
    /// That of the device node it is; 0:0 when it is none.
    public let node: DeviceNumber
    /// Bytes.
    public let size: UInt64
    /// As mountinfo counts; the same id may come back once the mount is gone.
    public let mountID: UInt64
    public let isMountRoot: Bool

    /// nil: a file of the kernel without a type (an anonymous inode).
    public var kind: FileKind? { FileKind(mode: mode) }
    /// The low twelve bits of `mode`.
    public var permissions: UInt32 { mode & 0o7777 }

    /// Whether both are the same file of the same filesystem.
    public func isSameFile(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }

    init(_ status: clinux_stat) {
        mode = status.mode
        uid = status.uid
        gid = status.gid
        links = status.nlink
        inode = status.inode
        device = DeviceNumber(status.device)
        node = DeviceNumber(status.rdev)
        size = status.size
        mountID = status.mount
        isMountRoot = status.isMountRoot != 0
    }
}

/// What becomes of a symlink in the last place of a path.
public enum LastLink: Hashable, Sendable {
    case followed
    /// It is meant itself.
    case kept
}

/// The corresponding system call is `statx(2)`.
public func status(of path: String, lastLink: LastLink = .followed) throws(SyscallError) -> FileStatus {
    var result = clinux_stat()
    let flags = lastLink == .followed ? 0 : AT_SYMLINK_NOFOLLOW
    try call("stat", path) { unsafe clinux_stat(AT_FDCWD, path, flags, &result) }
    return FileStatus(result)
}

/// Of `name` itself, a symlink included. The corresponding system call is `statx(2)`.
public func status(of name: String, at directory: borrowing OwnedFD) throws(SyscallError) -> FileStatus {
    let fd = directory.raw
    var result = clinux_stat()
    try call("stat", name) { unsafe clinux_stat(fd, name, AT_SYMLINK_NOFOLLOW, &result) }
    return FileStatus(result)
}

/// The corresponding system call is `statx(2)` with `AT_EMPTY_PATH`.
public func status(of fd: borrowing OwnedFD) throws(SyscallError) -> FileStatus {
    let raw = fd.raw
    var result = clinux_stat()
    try call("stat", "descriptor") { unsafe clinux_stat(raw, "", AT_EMPTY_PATH, &result) }
    return FileStatus(result)
}
