import CLinux

/// How a file is opened. Close-on-exec goes without saying.
public struct OpenMode: OptionSet, Hashable, Sendable {
    /// Flags of `open(2)`.
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(_ flag: Int32) { rawValue = UInt64(flag) }

    public static let readOnly = OpenMode(O_RDONLY)
    public static let writeOnly = OpenMode(O_WRONLY)
    public static let readWrite = OpenMode(O_RDWR)
    /// A place in the tree, not the file's content: nothing of the file is opened, no device, fifo or permission asked for.
    public static let path = OpenMode(O_PATH)
    public static let directory = OpenMode(O_DIRECTORY)
    public static let create = OpenMode(O_CREAT)
    public static let exclusive = OpenMode(O_EXCL)
    public static let truncate = OpenMode(O_TRUNC)
    public static let append = OpenMode(O_APPEND)
    /// A symlink in the last place is refused with ELOOP, or opened itself with `path`.
    public static let noFollow = OpenMode(O_NOFOLLOW)
    public static let nonBlocking = OpenMode(O_NONBLOCK)
    public static let noControllingTerminal = OpenMode(O_NOCTTY)
}

/// What an open beneath a directory refuses besides leaving it.
public struct Boundary: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A step into another mount (EXDEV).
    public static let mounts = Boundary(rawValue: UInt64(RESOLVE_NO_XDEV))
    /// Any symlink on the way (ELOOP); those of /proc that lead anywhere are refused without it too.
    public static let symlinks = Boundary(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
}

/// Opens `path`, symlinks and all; `permissions` count when the file is created.
///
/// The corresponding system call is `openat(2)`.
public func open(_ path: String, _ mode: OpenMode, permissions: UInt32 = 0) throws(SyscallError) -> OwnedFD {
    let flags = Int32(truncatingIfNeeded: mode.rawValue) | O_CLOEXEC
    return OwnedFD(adopting: try call("open", path) { unsafe clinux_open(path, flags, permissions) })
}

/// Opens `path` as if `root` were `/`: neither a symlink nor `..` can leave it.
///
/// The corresponding system call is `openat2(2)` with `RESOLVE_IN_ROOT`.
public func open(_ path: String, in root: borrowing OwnedFD, _ mode: OpenMode) throws(SyscallError) -> OwnedFD {
    try openResolving(path, root.raw, mode, 0, UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS))
}

/// Opens `path`, relative, beneath `directory`: whatever would leave it is refused with EXDEV.
///
/// The corresponding system call is `openat2(2)` with `RESOLVE_BENEATH`.
public func open(
    _ path: String, beneath directory: borrowing OwnedFD, _ mode: OpenMode, permissions: UInt32 = 0, refusing: Boundary = .symlinks
) throws(SyscallError) -> OwnedFD {
    try openResolving(
        path, directory.raw, mode, permissions, UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS) | refusing.rawValue)
}

/// Opens the directory called `name` in `directory` for reading.
///
/// The corresponding system call is `openat2(2)` with `RESOLVE_BENEATH`.
public func openDirectory(_ name: FileName, in directory: borrowing OwnedFD, refusing: Boundary) throws(SyscallError) -> OwnedFD {
    var how = open_how()
    how.flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    how.resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS) | refusing.rawValue
    let fd = directory.raw
    return OwnedFD(adopting: try call("openat2", name.text) { unsafe clinux_openat2(fd, name.bytes, &how) })
}

/// Opens the directory above `directory`, of the same mount, for reading.
///
/// The corresponding system call is `openat2(2)` with `RESOLVE_NO_XDEV`.
public func openParent(of directory: borrowing OwnedFD) throws(SyscallError) -> OwnedFD {
    try openResolving("..", directory.raw, [.readOnly, .directory], 0, UInt64(RESOLVE_NO_XDEV))
}

private func openResolving(
    _ path: String, _ directory: Int32, _ mode: OpenMode, _ permissions: UInt32, _ resolve: UInt64
) throws(SyscallError) -> OwnedFD {
    var how = open_how()
    how.flags = mode.rawValue | UInt64(O_CLOEXEC)
    how.mode = mode.contains(.create) ? UInt64(permissions) : 0
    how.resolve = resolve
    // The kernel answers EAGAIN when something was renamed or mounted anywhere while it walked over a `..`.
    for _ in 1..<128 {
        let result = try attempt(path, directory, &how)
        if result != -EAGAIN { return OwnedFD(adopting: result) }
    }
    let fd = try call("openat2", path) { unsafe clinux_openat2(directory, path, &how) }
    return OwnedFD(adopting: fd)
}

/// A descriptor, or -EAGAIN.
private func attempt(_ path: String, _ directory: Int32, _ how: inout open_how) throws(SyscallError) -> Int32 {
    do throws(SyscallError) {
        return try call("openat2", path) { unsafe clinux_openat2(directory, path, &how) }
    } catch {
        guard error.errno == .tryAgain else { throw error }
        return -EAGAIN
    }
}
