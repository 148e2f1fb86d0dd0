import Glibc

/// Files of the test's own, by path.
public enum Files {
    /// What lstat(2) says.
    public struct Facts: Hashable, Sendable {
        public var mode: UInt32
        public var uid: UInt32
        public var gid: UInt32
        public var device: UInt64
        public var inode: UInt64
        public var node: UInt64
        public var size: Int64
    }

    public static func facts(_ path: String) -> Facts? {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else { return nil }
        return Facts(
            mode: facts.st_mode, uid: facts.st_uid, gid: facts.st_gid, device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino),
            node: UInt64(facts.st_rdev), size: Int64(facts.st_size))
    }

    public static func exists(_ path: String) -> Bool { facts(path) != nil }

    public static func read(_ path: String) -> [UInt8]? {
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return nil }
        defer { close(fd) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(fd, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The file as text, "" for one that cannot be read.
    public static func text(_ path: String) -> String { read(path).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    public static func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws {
        let fd = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard fd >= 0 else { throw Failure("open \(path): \(errnoText())") }
        defer { close(fd) }
        guard fchmod(fd, mode) == 0 else { throw Failure("chmod \(path): \(errnoText())") }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure("write \(path): \(errnoText())") }
            done += count
        }
    }

    public static func write(_ path: String, _ text: String, mode: UInt32 = 0o644) throws {
        try write(path, Array(text.utf8), mode: mode)
    }

    public static func copy(_ source: String, to path: String, mode: UInt32) throws {
        guard let bytes = read(source) else { throw Failure("read \(source): \(errnoText())") }
        try write(path, bytes, mode: mode)
    }

    /// With its parents; no error where it is already.
    public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws {
        if unsafe mkdir(path, mode) == 0 {
            guard unsafe chmod(path, mode) == 0 else { throw Failure("chmod \(path): \(errnoText())") }
            return
        }
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw Failure("mkdir \(path): \(errnoText())")
        }
        try makeDirectory(String(path[..<slash]))
        guard unsafe mkdir(path, mode) == 0 else { throw Failure("mkdir \(path): \(errnoText())") }
    }

    public static func makeSymlink(_ path: String, to target: String) throws {
        guard unsafe symlink(target, path) == 0 else { throw Failure("symlink \(path): \(errnoText())") }
    }

    public static func makeFifo(_ path: String, mode: UInt32 = 0o600) throws {
        guard unsafe mkfifo(path, mode) == 0, unsafe chmod(path, mode) == 0 else { throw Failure("mkfifo \(path): \(errnoText())") }
    }

    public static func changeOwner(_ path: String, uid: UInt32, gid: UInt32) throws {
        guard unsafe lchown(path, uid, gid) == 0 else { throw Failure("chown \(path): \(errnoText())") }
    }

    public static func changeMode(_ path: String, _ mode: UInt32) throws {
        guard unsafe chmod(path, mode) == 0 else { throw Failure("chmod \(path): \(errnoText())") }
    }

    public static func target(ofLink path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe readlink(path, $0.baseAddress!, $0.count) }
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Names in a directory, sorted; empty where there is none.
    public static func entries(_ path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// A file or a whole tree; nothing is followed and no mount point is entered by force.
    public static func remove(_ path: String) throws {
        guard let facts = facts(path) else { return }
        if facts.mode & S_IFMT == S_IFDIR {
            for name in entries(path) { try remove(path + "/" + name) }
            guard unsafe rmdir(path) == 0 else { throw Failure("rmdir \(path): \(errnoText())") }
        } else {
            guard unsafe unlink(path) == 0 else { throw Failure("unlink \(path): \(errnoText())") }
        }
    }
}

/// The text of this thread's last error.
func errnoText() -> String { unsafe String(cString: strerror(errno)) }
