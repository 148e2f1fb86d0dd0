internal import JSON
public import Kernel

/// One container's directory, held by a descriptor: what is done to it is done to this one, whatever its name comes to mean.
public struct StateDirectory: ~Copyable, Sendable {
    public let id: ContainerID
    /// Open for reading. Others may put files of their own into it, and directories of flat files, which `remove` takes along.
    public let descriptor: OwnedFD
    /// Of the root directory, opened as a path.
    private let root: OwnedFD
    private let path: String

    private static let file = "record.json"
    private static let draft = ".record.json"
    /// config.json may have 16 MiB, of which a byte may take six when it is escaped here.
    private static let limits = Limits(bytes: 128 << 20, depth: 16)

    /// `.missing` when there is none; `.untrusted` when others than the caller can write to it.
    init(_ id: ContainerID, in root: borrowing OwnedFD, _ path: String) throws(StoreError) {
        let directory = try finding("open state directory \(path)") { () throws(SyscallError) in
            try Kernel.open(id.text, beneath: root, [.readOnly, .directory])
        }
        try check(finding("stat \(path)") { () throws(SyscallError) in try status(of: directory) }, path)
        let parent = try finding("open root directory") { () throws(SyscallError) in try root.duplicate() }
        self.id = id
        self.path = path
        descriptor = directory
        self.root = parent
    }

    deinit {
        // A child cloned meanwhile may have a copy of the descriptor, with which it would keep the lock.
        Kernel.unlock(descriptor)
    }

    /// Waits for the lock, which is let go with this value. `.missing` when the container was removed in the meantime.
    public func lock(_ kind: LockKind, _ blocking: Blocking = .waits) throws(StoreError) {
        let isStillThere = try finding("lock state directory") { () throws(SyscallError) in
            try Kernel.lock(descriptor, kind, blocking, subject: path)
            return try status(of: id.text, at: root).isSameFile(as: status(of: descriptor))
        }
        if !isStillThere { throw .missing }
    }

    public func unlock() { Kernel.unlock(descriptor) }

    /// Writes the record, whole or not at all, and waits until it is on the disk. Needs the exclusive lock.
    public func save(_ record: Record) throws(StoreError) {
        try put(record, Self.file, .synchronized)
        try finding("tidy up \(path)") { () throws(SyscallError) in
            for progress in Progress.allCases { try discard(progress.rawValue) }
        }
    }

    /// How far the making of a container has come that has no record yet.
    public enum Progress: String, Hashable, Sendable, CaseIterable {
        /// The cgroup of the record may have been made.
        case intended = "intended.json"
        /// The cgroup is the container's, whoever is in it.
        case claimed = "claimed.json"
    }

    /// Writes what a `delete` needs should the making be broken off, whole or not at all. Needs the exclusive lock.
    public func save(_ record: Record, _ progress: Progress) throws(StoreError) { try put(record, progress.rawValue, .fast) }

    private enum Care { case synchronized, fast }

    private func put(_ record: Record, _ name: String, _ care: Care) throws(StoreError) {
        let boot = try during("read boot id", bootID)
        let text = RecordDocument(record, boot: boot).value.text(.compact) + "\n"
        // Names are no longer made in a directory that was removed.
        try finding("save \(path)/\(name)") { () throws(SyscallError) in
            try discard(Self.draft)
            let draft = try Kernel.open(
                Self.draft, beneath: descriptor, [.writeOnly, .create, .exclusive], permissions: 0o600)
            do throws(SyscallError) {
                try write(text, to: draft, subject: Self.draft)
                if care == .synchronized { try synchronize(draft, subject: Self.draft) }
                try rename(Self.draft, at: descriptor, to: name, at: descriptor)
            } catch {
                try discard(Self.draft)
                throw error
            }
            if care == .synchronized { try synchronize(descriptor, subject: path) }
        }
    }

    /// `.missing` when nothing was saved: the container is being made, or whoever made it was killed over it.
    public func load() throws(StoreError) -> Record { try load(Self.file) }

    /// What was saved of this progress; nil if nothing was.
    public func load(_ progress: Progress) throws(StoreError) -> Record? {
        do throws(StoreError) { return try load(progress.rawValue) } catch {
            guard case .missing = error else { throw error }
            return nil
        }
    }

    private func load(_ name: String) throws(StoreError) -> Record {
        let bytes = try finding("load \(path)/\(name)") { () throws(SyscallError) in
            // Not blocking: a fifo would have us wait for ever.
            let file = try Kernel.open(name, beneath: descriptor, [.readOnly, .nonBlocking])
            let status = try status(of: file)
            guard status.kind == .regular else { throw SyscallError("open", "no regular file", .invalid) }
            return try readAll(file, limit: Self.limits.bytes)
        }
        var document: RecordDocument
        do throws(JSONError) {
            document = try RecordDocument(parse(bytes, Self.limits), of: id)
        } catch {
            throw .record(error)
        }
        let boot = try during("read boot id", bootID)
        if !boot.isEmpty && !document.boot.isEmpty && boot != document.boot {
            // Its pid, and even its start time, may by now be those of a process that has nothing to do with it.
            document.record.identity = ProcessIdentity(pid: 0, startTime: 0)
            // So may a cgroup of that name.
            document.record.cgroupPath = ""
        }
        return document.record
    }

    /// Removes the directory with its files and the directories of flat files in it, the record last, so that a removal that was broken
    /// off can be made again. Needs the exclusive lock.
    public func remove() throws(StoreError) {
        do throws(SyscallError) {
            for entry in try entries(of: descriptor) where entry.name != Self.file {
                if entry.kind == .directory { try discardDirectory(entry.name) } else { try discard(entry.name) }
            }
            try discard(Self.file)
            // What bears the name now is another's if ours is gone already.
            guard try status(of: id.text, at: root).isSameFile(as: status(of: descriptor)) else { return }
            try removeDirectory(id.text, at: root)
        } catch {
            if error.errno != .noEntry { throw .refused("remove state directory \(path)", error) }
        }
    }

    private func discardDirectory(_ name: String) throws(SyscallError) {
        let directory = try Kernel.open(name, beneath: descriptor, [.readOnly, .directory])
        for entry in try entries(of: directory) { try removeFile(entry.name, at: directory) }
        try removeDirectory(name, at: descriptor)
    }

    private func discard(_ name: String) throws(SyscallError) {
        try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(name, at: descriptor) }
    }
}

private func check(_ status: FileStatus, _ path: String) throws(StoreError) {
    let uid = OwnIDs().effectiveUID
    guard status.uid == uid else { throw .untrusted(path, "belongs to uid \(status.uid), not to \(uid)") }
    guard status.mode & 0o022 == 0 else {
        throw .untrusted(path, "is writable by others, with mode 0\(String(status.permissions, radix: 8))")
    }
}
