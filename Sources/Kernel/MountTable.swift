/// One line of mountinfo (proc_pid_mountinfo(5)).
public struct MountEntry: Hashable, Sendable {
    public let id: UInt64
    public let parent: UInt64
    public let device: DeviceNumber
    /// The directory of the filesystem that is mounted; `/` when it is all of it.
    public let root: String
    /// Where, as seen from the root of the process whose table it is.
    public let mountPoint: String
    /// Of the mount, such as `rw` and `nosuid`.
    public let options: [String]
    /// Such as `shared:1` and `master:2`; none: private.
    public let propagation: [String]
    public let fileSystem: String
    public let source: String
    /// Of the filesystem itself.
    public let superOptions: [String]

    public var isShared: Bool { propagation.contains { $0.hasPrefix("shared:") } }

    /// Reads one line; nil when it is none.
    init?(_ line: String) {
        // Blanks in names are escaped; a source may be empty, and leaves two blanks in a row.
        let fields = split(line, at: " ")
        guard fields.count >= 9, let dash = fields[6...].firstIndex(of: "-"), fields.count >= dash + 4,
            let id = UInt64(fields[0]), let parent = UInt64(fields[1]), let device = Self.device(fields[2])
        else { return nil }
        self.id = id
        self.parent = parent
        self.device = device
        root = unescaped(fields[3])
        mountPoint = unescaped(fields[4])
        options = split(fields[5], at: ",")
        propagation = Array(fields[6..<dash])
        fileSystem = unescaped(fields[dash + 1])
        source = unescaped(fields[dash + 2])
        superOptions = split(fields[dash + 3], at: ",").map(unescaped)
    }

    private static func device(_ text: String) -> DeviceNumber? {
        let numbers = split(text, at: ":")
        guard numbers.count == 2, let major = UInt32(numbers[0]), let minor = UInt32(numbers[1]) else { return nil }
        return DeviceNumber(major: major, minor: minor)
    }
}

/// The parts between the separators, scalar for scalar: a `Character` may be a separator with an accent after it.
private func split(_ text: String, at separator: Unicode.Scalar) -> [String] {
    text.unicodeScalars.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
}

/// Undoes the kernel's `\040` for a blank, `\011`, `\012`, `\043` and `\134`.
private func unescaped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "\\"), index + 3 < bytes.count,
            let value = UInt8(String(decoding: bytes[(index + 1)...(index + 3)], as: UTF8.self), radix: 8) {
            result.append(value)
            index += 4
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The mounts of a mount namespace, in the kernel's order.
public struct MountTable: Hashable, Sendable {
    public let entries: [MountEntry]

    /// Reads the text of a mountinfo file; lines that are none are left out.
    public init(parsing text: String) {
        entries = split(text, at: "\n").compactMap { MountEntry($0) }
    }

    /// That of this process.
    public static func current() throws(SyscallError) -> MountTable {
        // Paths need not be UTF-8.
        let bytes = try readAll(ProcFS.open().open("self/mountinfo"), limit: 64 << 20, subject: "/proc/self/mountinfo")
        return MountTable(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// The mount that `path`, clean and without symlinks, is in: of the nearest mount points the uppermost.
    public func mount(containing path: String) -> MountEntry? {
        var best: MountEntry?
        for entry in entries where Path.isWithin(path, entry.mountPoint) {
            if entry.mountPoint.utf8.count >= best?.mountPoint.utf8.count ?? 0 { best = entry }
        }
        return best
    }

    public func mounts(ofType fileSystem: String) -> [MountEntry] {
        entries.filter { $0.fileSystem == fileSystem }
    }
}
