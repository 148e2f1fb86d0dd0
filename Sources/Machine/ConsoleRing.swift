public import Kernel

/// The last that a machine's console has printed, in two files: `console`, to which is appended, and `console.old`, which it becomes when
/// it is full. Of each 64 KiB at most; both are text that can be read at any time, also when whoever wrote them is dead.
final class ConsoleRing {
    static let file = "console"
    static let oldFile = "console.old"
    static let capacity = 64 << 10

    private let directory: OwnedFD
    private var current: OwnedFD
    private var size = 0

    /// Begins anew in the directory at `path`.
    init(_ path: String) throws(SyscallError) {
        let directory = try open(path, [.readOnly, .directory])
        try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(Self.oldFile, at: directory) }
        try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(Self.file, at: directory) }
        current = try Self.begin(directory)
        self.directory = directory
    }

    func append(_ bytes: [UInt8]) throws(SyscallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if size == Self.capacity {
                try rename(Self.file, at: directory, to: Self.oldFile, at: directory)
                current = try Self.begin(directory)
                size = 0
            }
            let part = rest.prefix(Self.capacity - size)
            try write(Array(part), to: current)
            size += part.count
            rest = rest.dropFirst(part.count)
        }
    }

    func read() throws(SyscallError) -> [UInt8] { try Self.read(directory) }

    /// What is in the files of the directory: of an older half and a newer one both, whatever is renamed meanwhile.
    static func read(_ directory: borrowing OwnedFD) throws(SyscallError) -> [UInt8] {
        while true {
            let newer = try open(file, beneath: directory, .readOnly)
            var older: [UInt8] = []
            do throws(SyscallError) {
                let old = try open(oldFile, beneath: directory, .readOnly)
                // Renamed since.
                if try status(of: old).isSameFile(as: status(of: newer)) { continue }
                older = try readAll(old, limit: capacity)
            } catch { guard error.errno == .noEntry else { throw error } }
            return older + (try readAll(newer, limit: capacity))
        }
    }

    private static func begin(_ directory: borrowing OwnedFD) throws(SyscallError) -> OwnedFD {
        try open(file, beneath: directory, [.writeOnly, .create, .exclusive, .append], permissions: 0o600)
    }
}

/// What the console of the machine with this state directory printed at last; nil: it never had one.
///
/// A guest writes what it likes: control characters are there, and not for a terminal.
public func readConsole(of stateDirectory: borrowing OwnedFD) throws(MachineError) -> [UInt8]? {
    try step("read the console") { () throws(SyscallError) in
        do throws(SyscallError) { return try ConsoleRing.read(stateDirectory) } catch {
            guard error.errno == .noEntry else { throw error }
            return nil
        }
    }
}
