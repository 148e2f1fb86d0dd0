internal import CLinux
public import Kernel
internal import Plan
public import Spec
internal import Steps

/// Maps the owners of a tree that the child has copied: root of its user namespace has no rights to do so.
func mapOwners(of tree: borrowing OwnedFD, _ source: MappedSource, _ proc: borrowing ProcFS) throws(LaunchError) {
    let namespace = try userNamespace(source.maps, proc)
    do throws(SyscallError) { try mapOwners(of: tree, source.path, source.mapped == .all ? .all : .one, as: namespace) } catch {
        throw .prepare("config.json: \(source.field)", error)
    }
}

/// Maps the owners of a tree that was copied of `path` and is not attached yet.
public func mapOwners(
    of tree: borrowing OwnedFD, _ path: String, uids: [IDMapping], gids: [IDMapping], _ reach: MountReach
) throws(LaunchError) {
    let proc: ProcFS
    do throws(SyscallError) { proc = try ProcFS.open() } catch { throw .prepare("make a user namespace for id-mapped mounts", error) }
    let namespace = try userNamespace(IDMaps(uids: uids, gids: gids), proc)
    do throws(SyscallError) { try mapOwners(of: tree, path, reach, as: namespace) } catch { throw .prepare("share \(path)", error) }
}

private func mapOwners(
    of tree: borrowing OwnedFD, _ path: String, _ reach: MountReach, as namespace: borrowing OwnedFD
) throws(SyscallError) {
    let scope = UInt32(AT_EMPTY_PATH) | (reach == .all ? UInt32(AT_RECURSIVE) : 0)
    let result = unsafe clinux_mount_setattr(tree.raw, "", scope, UInt64(MOUNT_ATTR_IDMAP), 0, 0, namespace.raw)
    if result < 0 { throw SyscallError("mount_setattr", "\(path): MOUNT_ATTR_IDMAP", Errno(rawValue: 0 - result)) }
}

/// A user namespace that has these maps and no process: one is made to hold it while its file is opened.
private func userNamespace(_ maps: IDMaps, _ proc: borrowing ProcFS) throws(LaunchError) -> OwnedFD {
    let child: Clone
    do throws(SyscallError) {
        child = try clone([.await(.mapIDs)], Slots(count: Slot.firstFree), flags: UInt64(CLONE_NEWUSER), cgroup: -1)
    } catch { throw .prepare("make a user namespace for id-mapped mounts", error) }
    do throws(LaunchError) {
        try writeIDMaps(maps, of: child.pid, proc)
        let namespace = try namespaceFile(child.pid)
        try ended(child.pidfd)
        return namespace
    } catch {
        try ended(child.pidfd)
        throw error
    }
}

private func namespaceFile(_ pid: Int32) throws(LaunchError) -> OwnedFD {
    do throws(SyscallError) { return try open("/proc/\(pid)/ns/user", .readOnly) } catch {
        throw .prepare("open the user namespace of id-mapped mounts", error)
    }
}

private func ended(_ pidfd: borrowing PidFD) throws(LaunchError) {
    do throws(SyscallError) { try end(pidfd) } catch { throw .prepare("end the holder of a user namespace", error) }
}
