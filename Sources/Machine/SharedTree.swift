public import GuestPlan
public import Kernel
internal import Launch

/// The directory of the host that a machine's guest sees: bind mounts, one for each share.
///
/// The mounts are made in the calling process's mount namespace, which is best one of its own whose mounts are slaves of the host's
/// (`Daemon.newNamespaces`): then none is left once the process and virtiofsd are gone, however they ended, while what the host mounts
/// below a share later still arrives.
public final class SharedTree {
    /// Absolute.
    public let path: String
    /// As it is below its own mount: here, and nowhere else, places for shares can be made.
    private let places: OwnedFD
    private let directory: OwnedFD

    /// Makes the directory `share` in the state directory, as a mount of its own.
    public init(stateDirectory: String) throws(MachineError) {
        let path = stateDirectory + "/share"
        self.path = path
        try step("make the shared directory") { () throws(SyscallError) in try makeDirectory(path, permissions: 0o711) }
        do throws(MachineError) {
            places = try step("make the shared directory") { () throws(SyscallError) in try open(path, [.readOnly, .directory]) }
            directory = try step("make the shared directory") { () throws(SyscallError) in
                let tree = try copyMount(at: path, .one)
                // Nothing that is mounted in it arrives anywhere but at those that get it from here: virtiofsd.
                try setPropagation(of: tree, .private, .one)
                try setPropagation(of: tree, .shared, .one)
                // The guest writes to its shares alone: here it would fill the host's memory, and lead the makers of shares astray.
                try makeReadOnly(tree, .one)
                try attach(tree, on: "share", at: try open(stateDirectory, [.path, .directory]))
                return try open(path, [.readOnly, .directory])
            }
        } catch {
            try step("make the shared directory") { () throws(SyscallError) in try removeDirectory(path) }
            throw error
        }
    }

    /// Copies the mount a share is of, as seen by the calling process, which need not be the one that has the tree: the descriptor can
    /// be sent to that.
    public static func copy(_ share: GuestPlan.Share) throws(MachineError) -> OwnedFD {
        let reach: MountReach = share.reach == .all ? .all : .one
        let tree = try step("share \(share.source)") { () throws(SyscallError) in try copyMount(at: share.source, reach) }
        if let owners = share.owners {
            do throws(LaunchError) {
                try mapOwners(of: tree, share.source, uids: owners.uids, gids: owners.gids, owners.reach == .all ? .all : .one)
            } catch { throw .program(error) }
        }
        try step("share \(share.source)") { () throws(SyscallError) in
            // What is mounted in the guest's files never arrives at the host.
            try setPropagation(of: tree, share.reach == .all ? .slave : .private, reach)
            if share.access == .readOnly { try makeReadOnly(tree, reach) }
        }
        return tree
    }

    /// Shows the copied mount in the guest under the share's name.
    public func share(_ share: GuestPlan.Share, _ copy: borrowing OwnedFD) throws(MachineError) {
        try step("share \(share.source) as \(share.name)") { () throws(SyscallError) in
            try ignoring(.exists) { () throws(SyscallError) in
                try makeDirectory(Path.parent(share.name), at: places, permissions: 0o711)
            }
            switch share.kind {
            case .directory: try makeDirectory(share.name, at: places, permissions: 0o755)
            case .file: _ = try open(share.name, beneath: places, [.writeOnly, .create, .exclusive], permissions: 0o600)
            }
            try attach(copy, on: share.name, at: directory)
        }
    }

    /// Takes all shares of the container away; none is no error.
    public func unshare(container id: String) throws(MachineError) {
        try step("unshare \(id)") { () throws(SyscallError) in
            let parent: OwnedFD
            do throws(SyscallError) { parent = try open(id, beneath: places, [.readOnly, .directory]) } catch {
                guard error.errno == .noEntry else { throw error }
                return
            }
            for entry in try entries(of: parent) {
                let place = "\(path)/\(id)/\(entry.name)"
                try ignoring(.invalid) { () throws(SyscallError) in try detachMount(at: place) }
                if try status(of: entry.name, at: parent).kind == .directory {
                    try removeDirectory(entry.name, at: parent)
                } else {
                    try removeFile(entry.name, at: parent)
                }
            }
            try removeDirectory(id, at: places)
        }
    }

    /// Removes what is left in the state directory of a tree whose owner was killed: its mounts went with it, their places did not.
    public static func removeRemains(stateDirectory: String) throws(MachineError) {
        try step("remove \(stateDirectory)/share") { () throws(SyscallError) in
            let directory: OwnedFD
            do throws(SyscallError) { directory = try open(stateDirectory + "/share", [.readOnly, .directory, .noFollow]) } catch {
                guard error.errno == .noEntry else { throw error }
                return
            }
            for container in try entries(of: directory) {
                // Empty all: a place that is a mount after all stays, and says so.
                let places = try open(container.name, beneath: directory, [.readOnly, .directory])
                for place in try entries(of: places) {
                    let isDirectory = try status(of: place.name, at: places).kind == .directory
                    if isDirectory { try removeDirectory(place.name, at: places) } else { try removeFile(place.name, at: places) }
                }
                try removeDirectory(container.name, at: directory)
            }
            try removeDirectory(stateDirectory + "/share")
        }
    }

    /// Takes everything away, the directory too.
    public func remove() throws(MachineError) {
        let ids = try step("remove \(path)") { () throws(SyscallError) in
            try entries(of: open(".", beneath: places, [.readOnly, .directory]))
        }
        for entry in ids { try unshare(container: entry.name) }
        try step("remove \(path)") { () throws(SyscallError) in
            try detachMount(at: path)
            try removeDirectory(path)
        }
    }
}
