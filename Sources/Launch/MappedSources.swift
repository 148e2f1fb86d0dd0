internal import CLinux
internal import Kernel
internal import Plan
internal import Steps

/// Maps the owners of a tree that the child has copied: root of its user namespace has no rights to do so.
func mapOwners(of tree: borrowing OwnedFD, _ source: MappedSource, _ proc: borrowing ProcFS) throws(LaunchError) {
    let namespace = try userNamespace(source.maps, proc)
    let scope = UInt32(AT_EMPTY_PATH) | (source.mapped == .all ? UInt32(AT_RECURSIVE) : 0)
    let result = unsafe clinux_mount_setattr(tree.raw, "", scope, UInt64(MOUNT_ATTR_IDMAP), 0, 0, namespace.raw)
    guard result < 0 else { return }
    throw .prepare(
        "config.json: \(source.field)", SyscallError("mount_setattr", "\(source.path): MOUNT_ATTR_IDMAP", Errno(rawValue: 0 - result)))
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
