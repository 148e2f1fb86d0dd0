internal import Kernel

/// The containers of one root directory: `<root>/<id>/record.json` and what lies beside it.
///
/// A record decides whom the runtime kills and which hooks it runs, so a container's directory must be the caller's own and
/// writable by nobody else. Then no harm comes of a root directory that others may write to: what they put there is theirs.
public struct Store: Hashable, Sendable {
    /// Absolute.
    public let root: String

    public init(root: String) { self.root = root }

    /// Makes the directory of a new container, and the root directory if it is not there.
    ///
    /// It is locked exclusively as long as the value lives: who asks for the container meanwhile waits until it is made.
    public func create(_ id: ContainerID) throws(StoreError) -> StateDirectory {
        let path = path(of: id)
        let parent = try during("make root directory \(root)") { () throws(SyscallError) in
            try makeDirectories(root, permissions: 0o700)
            return try Kernel.open(root, [.path, .directory])
        }
        do throws(SyscallError) {
            try makeDirectory(id.text, at: parent, permissions: 0o711)
        } catch {
            throw error.errno == .exists ? .exists : .refused("make state directory \(path)", error)
        }
        do throws(StoreError) {
            let directory = try StateDirectory(id, in: parent, path)
            // Whatever the umask.
            try during("make state directory \(path)") { () throws(SyscallError) in
                try changePermissions(of: directory.descriptor, 0o711)
            }
            try directory.lock(.exclusive)
            return directory
        } catch {
            try during("remove state directory \(path)") { () throws(SyscallError) in
                try ignoring(.noEntry) { () throws(SyscallError) in try removeDirectory(id.text, at: parent) }
            }
            throw error
        }
    }

    /// The directory of a container, not locked.
    public func open(_ id: ContainerID) throws(StoreError) -> StateDirectory {
        let parent = try finding("open root directory \(root)") { () throws(SyscallError) in
            try Kernel.open(root, [.path, .directory])
        }
        return try StateDirectory(id, in: parent, path(of: id))
    }

    /// The ids there are, sorted. What bears no id's name or is no directory is somebody else's and left out.
    ///
    /// A root directory that is not there is refused with ENOENT.
    public func list() throws(StoreError) -> [ContainerID] {
        try during("list root directory \(root)") { () throws(SyscallError) in
            let directory = try Kernel.open(root, [.readOnly, .directory])
            var ids: [ContainerID] = []
            for entry in try entries(of: directory) {
                let isOne = if let kind = entry.kind { kind == .directory } else { try isDirectory(entry.name, at: directory) }
                guard isOne else { continue }
                do throws(StoreError) { ids.append(try ContainerID(entry.name)) } catch { continue }
            }
            return ids.sorted()
        }
    }

    private func path(of id: ContainerID) -> String { Path.join(root, id.text) }
}

/// For a filesystem that does not tell in its listing; a name that has gone since is none.
private func isDirectory(_ name: String, at directory: borrowing OwnedFD) throws(SyscallError) -> Bool {
    do throws(SyscallError) {
        return try status(of: name, at: directory).kind == .directory
    } catch {
        guard error.errno == .noEntry else { throw error }
        return false
    }
}
