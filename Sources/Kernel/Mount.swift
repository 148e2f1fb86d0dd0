import CLinux

/// What mount(2) is told besides what and where.
public struct MountFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let readOnly = MountFlags(rawValue: clinux_MS_RDONLY)
    public static let noSetuid = MountFlags(rawValue: clinux_MS_NOSUID)
    public static let noDevices = MountFlags(rawValue: clinux_MS_NODEV)
    public static let noExecution = MountFlags(rawValue: clinux_MS_NOEXEC)
    public static let bind = MountFlags(rawValue: clinux_MS_BIND)
    public static let move = MountFlags(rawValue: clinux_MS_MOVE)
    public static let remount = MountFlags(rawValue: clinux_MS_REMOUNT)
}

/// Mounts the filesystem `type` on `target`, or does with a mount what `flags` say.
///
/// `options` is the text the filesystem reads. The corresponding system call is `mount(2)`.
public func mount(
    _ source: String, on target: String, type: String = "", _ flags: MountFlags = [], options: String = ""
) throws(SyscallError) {
    try call("mount", "\(source) on \(target)") {
        unsafe clinux_mount(source, target, type, UInt(flags.rawValue), options)
    }
}

/// Makes `path` this process's root and working directory. The corresponding system calls are `chroot(2)` and `chdir(2)`.
public func changeRoot(to path: String) throws(SyscallError) {
    try call("chroot", path) { unsafe clinux_chroot(path) }
    try call("chdir", "/") { unsafe clinux_chdir("/") }
}

/// The corresponding system call is `chdir(2)`.
public func changeDirectory(to path: String) throws(SyscallError) {
    try call("chdir", path) { unsafe clinux_chdir(path) }
}
