import CLinux

/// The host's /proc, known to be one.
///
/// Whoever can mount over /proc, or over a file in it, can have our reads answered by him and our writes go elsewhere
/// (CVE-2019-16884, CVE-2025-52881). So the directory must be the root of a proc filesystem, and what is opened beneath it
/// may lie neither in another mount nor behind a magic link.
public struct ProcFS: ~Copyable, Sendable {
    /// Opened as a path.
    public let descriptor: OwnedFD

    /// `PROC_ROOT_INO` of the kernel.
    private static let rootInode: UInt64 = 1

    private init(_ descriptor: consuming OwnedFD) { self.descriptor = descriptor }

    /// EINVAL when /proc is no proc filesystem's root.
    public static func open() throws(SyscallError) -> ProcFS {
        let descriptor = try Kernel.open("/proc", [.path, .directory, .noFollow])
        guard try fileSystem(of: descriptor).magic == .proc, try status(of: descriptor).inode == rootInode else {
            throw SyscallError("open", "/proc: not a proc filesystem", .invalid)
        }
        return ProcFS(descriptor)
    }

    /// Opens `path`, relative to /proc.
    public func open(_ path: String, _ mode: OpenMode = .readOnly) throws(SyscallError) -> OwnedFD {
        do throws(SyscallError) {
            return try Kernel.open(path, beneath: descriptor, mode, refusing: .mounts)
        } catch {
            throw SyscallError(error.call, "/proc/\(path)", error.errno)
        }
    }

    /// The text of `path`, relative to /proc.
    public func readText(_ path: String, limit: Int = 1 << 20) throws(SyscallError) -> String {
        try Kernel.readText(open(path), limit: limit, subject: "/proc/\(path)")
    }

    /// What the link at `path`, relative to /proc, reads; magic links may be read, not followed.
    public func readLink(_ path: String) throws(SyscallError) -> String {
        let directory = try open(Path.parent(path), [.path, .directory])
        return try Kernel.readLink(Path.lastComponent(path), at: directory)
    }
}
