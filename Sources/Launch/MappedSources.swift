internal import CLinux
internal import Kernel
internal import Plan
internal import Steps

/// Copies a bind mount's source and maps its owners: the container's user namespace has no rights to do so.
func openMapped(_ source: MappedSource, _ proc: borrowing ProcFS) throws(LaunchError) -> OwnedFD {
    let field = "config.json: \(source.field)"
    let namespace = try userNamespace(source.maps, proc)
    do throws(SyscallError) {
        var flags = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC)
        if source.copied == .all { flags |= UInt32(AT_RECURSIVE) }
        let tree = unsafe clinux_open_tree(AT_FDCWD, source.path, flags)
        guard tree >= 0 else { throw SyscallError("open_tree", source.path, Errno(rawValue: 0 - tree)) }
        let owned = OwnedFD(adopting: tree)
        let scope = UInt32(AT_EMPTY_PATH) | (source.mapped == .all ? UInt32(AT_RECURSIVE) : 0)
        let result = unsafe clinux_mount_setattr(tree, "", scope, UInt64(MOUNT_ATTR_IDMAP), 0, 0, namespace.raw)
        guard result >= 0 else { throw SyscallError("mount_setattr", "MOUNT_ATTR_IDMAP", Errno(rawValue: 0 - result)) }
        // As it would be, had the child copied it from its own mounts.
        let slave = unsafe clinux_mount_setattr(
            tree, "", UInt32(AT_EMPTY_PATH | AT_RECURSIVE), 0, 0, clinux_MS_SLAVE, -1)
        guard slave >= 0 else { throw SyscallError("mount_setattr", "MS_SLAVE", Errno(rawValue: 0 - slave)) }
        return owned
    } catch { throw .prepare(field, error) }
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
