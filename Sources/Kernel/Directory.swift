import CLinux

/// The name of a file as the kernel has it: any bytes but a slash and a NUL.
public struct FileName: Hashable, Sendable {
    /// With the NUL at its end.
    let bytes: [CChar]

    /// For people: bytes that are no UTF-8 are replaced, and what it reads then is no file's name.
    public var text: String { String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

/// One name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
    public let fileName: FileName
    /// Its text, for directories whose names are ours.
    public var name: String { fileName.text }
    public let inode: UInt64
    /// nil where the filesystem does not tell here.
    public let kind: FileKind?
}

/// What is in `directory`, but for `.` and `..`, in the filesystem's order.
///
/// `directory` must be open for reading, not as a path. The corresponding system call is `getdents64(2)`.
public func entries(of directory: borrowing OwnedFD) throws(SyscallError) -> [DirectoryEntry] {
    let fd = directory.raw
    try call("lseek", "directory") { clinux_lseek(fd, 0, SEEK_SET) }
    var found: [DirectoryEntry] = []
    var buffer = [UInt8](repeating: 0, count: 32 * 1024)
    while true {
        let size = buffer.count
        let count = Int(try call("getdents64") { unsafe clinux_getdents64(fd, &buffer, size) })
        if count == 0 { return found }
        // struct linux_dirent64: 8 bytes inode, 8 offset, 2 length of the record, 1 type, then the name up to a NUL.
        var start = 0
        while start < count {
            let length = Int(buffer[start + 16]) | Int(buffer[start + 17]) << 8
            let name = buffer[(start + 19)..<(start + length)].prefix { $0 != 0 }
            if !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8) {
                let inode = buffer[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                found.append(
                    DirectoryEntry(
                        fileName: FileName(bytes: name.map { CChar(bitPattern: $0) } + [0]), inode: inode,
                        kind: FileKind(mode: UInt32(buffer[start + 18]) << 12)))
            }
            start += length
        }
    }
}

/// The corresponding system call is `mkdirat(2)`; the umask applies.
public func makeDirectory(_ path: String, permissions: UInt32) throws(SyscallError) {
    try call("mkdir", path) { unsafe clinux_mkdirat(AT_FDCWD, path, permissions) }
}

/// The corresponding system call is `mkdirat(2)`; the umask applies.
public func makeDirectory(_ name: String, at directory: borrowing OwnedFD, permissions: UInt32) throws(SyscallError) {
    let fd = directory.raw
    try call("mkdir", name) { unsafe clinux_mkdirat(fd, name, permissions) }
}

/// Makes `path` and what it lacks above it; one that is there already, be it by a symlink, is left as it is.
///
/// The corresponding system call is `mkdirat(2)`; the umask applies.
public func makeDirectories(_ path: String, permissions: UInt32) throws(SyscallError) {
    do throws(SyscallError) {
        try makeDirectory(path, permissions: permissions)
    } catch {
        switch error.errno {
        case .exists:
            guard try status(of: path).kind == .directory else { throw SyscallError("mkdir", path, .exists) }
        case .noEntry:
            let parent = Path.parent(path)
            guard parent != path, parent != "." else { throw error }
            try makeDirectories(parent, permissions: permissions)
            // Somebody else may have been faster.
            try ignoring(.exists) { () throws(SyscallError) in try makeDirectory(path, permissions: permissions) }
        default: throw error
        }
    }
}

/// The corresponding system call is `unlinkat(2)`.
public func removeFile(_ path: String) throws(SyscallError) {
    try call("unlink", path) { unsafe clinux_unlinkat(AT_FDCWD, path, 0) }
}

/// The corresponding system call is `unlinkat(2)`.
public func removeFile(_ name: String, at directory: borrowing OwnedFD) throws(SyscallError) {
    let fd = directory.raw
    try call("unlink", name) { unsafe clinux_unlinkat(fd, name, 0) }
}

/// Removes an empty directory. The corresponding system call is `unlinkat(2)` with `AT_REMOVEDIR`.
public func removeDirectory(_ path: String) throws(SyscallError) {
    try call("rmdir", path) { unsafe clinux_unlinkat(AT_FDCWD, path, AT_REMOVEDIR) }
}

/// Removes an empty directory. The corresponding system call is `unlinkat(2)` with `AT_REMOVEDIR`.
public func removeDirectory(_ name: String, at directory: borrowing OwnedFD) throws(SyscallError) {
    let fd = directory.raw
    try call("rmdir", name) { unsafe clinux_unlinkat(fd, name, AT_REMOVEDIR) }
}

/// Removes an empty directory. The corresponding system call is `unlinkat(2)`.
public func removeDirectory(_ name: FileName, at directory: borrowing OwnedFD) throws(SyscallError) {
    let fd = directory.raw
    try call("rmdir", name.text) { unsafe clinux_unlinkat(fd, name.bytes, AT_REMOVEDIR) }
}

/// What a rename does with a file that has the new name already.
public enum Replacement: Hashable, Sendable {
    case replaces
    /// It is refused with EEXIST.
    case refuses
}

/// The corresponding system call is `renameat2(2)`.
public func rename(_ old: String, to new: String, _ replacement: Replacement = .replaces) throws(SyscallError) {
    let flags = replacement == .replaces ? 0 : UInt32(RENAME_NOREPLACE)
    try call("rename", "\(old) to \(new)") { unsafe clinux_renameat2(AT_FDCWD, old, AT_FDCWD, new, flags) }
}

/// The corresponding system call is `renameat2(2)`.
public func rename(
    _ old: String, at oldDirectory: borrowing OwnedFD, to new: String, at newDirectory: borrowing OwnedFD,
    _ replacement: Replacement = .replaces
) throws(SyscallError) {
    let from = oldDirectory.raw
    let to = newDirectory.raw
    let flags = replacement == .replaces ? 0 : UInt32(RENAME_NOREPLACE)
    try call("rename", "\(old) to \(new)") { unsafe clinux_renameat2(from, old, to, new, flags) }
}

/// Makes `path` a symlink that reads `target`. The corresponding system call is `symlinkat(2)`.
public func symbolicLink(_ path: String, to target: String) throws(SyscallError) {
    try call("symlink", "\(path) to \(target)") { unsafe clinux_symlinkat(target, AT_FDCWD, path) }
}

/// Makes `name` a symlink that reads `target`. The corresponding system call is `symlinkat(2)`.
public func symbolicLink(_ name: String, to target: String, at directory: borrowing OwnedFD) throws(SyscallError) {
    let fd = directory.raw
    try call("symlink", "\(name) to \(target)") { unsafe clinux_symlinkat(target, fd, name) }
}
