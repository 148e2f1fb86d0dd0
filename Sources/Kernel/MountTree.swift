import CLinux

/// How far a copy of mounts goes.
public enum MountReach: Hashable, Sendable {
    /// The mount itself.
    case one
    /// With all below it.
    case all
}

/// Where later mounts and unmounts go, or come from (mount_namespaces(7)).
public enum Propagation: Hashable, Sendable {
    case `private`, shared, slave

    var flag: UInt64 {
        switch self {
        case .private: clinux_MS_PRIVATE
        case .shared: clinux_MS_SHARED
        case .slave: clinux_MS_SLAVE
        }
    }
}

/// A copy of the mount at `path`, a file's or a directory's, that is attached nowhere and goes with its descriptor.
///
/// The corresponding system call is `open_tree(2)` with `OPEN_TREE_CLONE`.
public func copyMount(at path: String, _ reach: MountReach) throws(SyscallError) -> OwnedFD {
    let flags = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | (reach == .all ? UInt32(AT_RECURSIVE) : 0)
    return OwnedFD(adopting: try call("open_tree", path) { unsafe clinux_open_tree(AT_FDCWD, path, flags) })
}

/// The corresponding system call is `mount_setattr(2)`.
public func setPropagation(of tree: borrowing OwnedFD, _ propagation: Propagation, _ reach: MountReach) throws(SyscallError) {
    let raw = tree.raw
    try call("mount_setattr", "propagation") {
        unsafe clinux_mount_setattr(raw, "", attributeFlags(reach), 0, 0, propagation.flag, -1)
    }
}

/// The corresponding system call is `mount_setattr(2)` with `MOUNT_ATTR_RDONLY`.
public func makeReadOnly(_ tree: borrowing OwnedFD, _ reach: MountReach) throws(SyscallError) {
    let raw = tree.raw
    try call("mount_setattr", "read-only") {
        unsafe clinux_mount_setattr(raw, "", attributeFlags(reach), UInt64(MOUNT_ATTR_RDONLY), 0, 0, -1)
    }
}

private func attributeFlags(_ reach: MountReach) -> UInt32 { UInt32(AT_EMPTY_PATH) | (reach == .all ? UInt32(AT_RECURSIVE) : 0) }

/// Attaches a copied mount on `name`, a file or directory in `directory`, which is no symlink.
///
/// The corresponding system call is `move_mount(2)`.
public func attach(_ tree: borrowing OwnedFD, on name: String, at directory: borrowing OwnedFD) throws(SyscallError) {
    let (from, to) = (tree.raw, directory.raw)
    try call("move_mount", name) { unsafe clinux_move_mount(from, "", to, name, UInt32(MOVE_MOUNT_F_EMPTY_PATH)) }
}

/// Takes the mount at `path`, and all below it, out of the tree at once; it ends with its last user.
///
/// The corresponding system call is `umount2(2)` with `MNT_DETACH` and `UMOUNT_NOFOLLOW`.
public func detachMount(at path: String) throws(SyscallError) {
    try call("umount2", path) { unsafe clinux_umount2(path, Int32(CLINUX_MNT_DETACH) | Int32(CLINUX_UMOUNT_NOFOLLOW)) }
}
