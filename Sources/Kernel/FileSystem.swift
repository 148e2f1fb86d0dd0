import CLinux

/// The filesystem a file lives in.
public struct FileSystem: Hashable, Sendable {
    /// A filesystem's magic number.
    public struct Magic: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt64

        public init(rawValue: UInt64) { self.rawValue = rawValue }

        public static let proc = Magic(rawValue: UInt64(PROC_SUPER_MAGIC))
        public static let sys = Magic(rawValue: UInt64(SYSFS_MAGIC))
        public static let cgroup = Magic(rawValue: UInt64(CGROUP_SUPER_MAGIC))
        public static let cgroup2 = Magic(rawValue: UInt64(CGROUP2_SUPER_MAGIC))
        public static let temporary = Magic(rawValue: UInt64(TMPFS_MAGIC))
        public static let ram = Magic(rawValue: UInt64(RAMFS_MAGIC))
        public static let overlay = Magic(rawValue: UInt64(OVERLAYFS_SUPER_MAGIC))
        public static let namespace = Magic(rawValue: UInt64(NSFS_MAGIC))
        public static let pseudoTerminal = Magic(rawValue: UInt64(DEVPTS_SUPER_MAGIC))
        public static let selinux = Magic(rawValue: UInt64(SELINUX_MAGIC))
        public static let squash = Magic(rawValue: UInt64(SQUASHFS_MAGIC))
    }

    /// Flags of a mount, as statfs(2) tells them: the same bits mount(2) takes.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64

        public init(rawValue: UInt64) { self.rawValue = rawValue }

        public static let readOnly = Flags(rawValue: 0x1)
        public static let noSetUID = Flags(rawValue: 0x2)
        public static let noDevices = Flags(rawValue: 0x4)
        public static let noExecution = Flags(rawValue: 0x8)
        public static let synchronous = Flags(rawValue: 0x10)
        public static let noAccessTime = Flags(rawValue: 0x400)
        public static let noDirectoryAccessTime = Flags(rawValue: 0x800)
        public static let relativeAccessTime = Flags(rawValue: 0x1000)
        public static let noSymlinkFollow = Flags(rawValue: 0x2000)
    }

    public let magic: Magic
    public let flags: Flags
}

/// The corresponding system call is `fstatfs(2)`.
public func fileSystem(of fd: borrowing OwnedFD) throws(SyscallError) -> FileSystem {
    let raw = fd.raw
    var type: UInt64 = 0
    var flags: UInt64 = 0
    try call("fstatfs") { unsafe clinux_fstatfs(raw, &type, &flags) }
    return FileSystem(magic: .init(rawValue: type), flags: .init(rawValue: flags))
}
