internal import CLinux
internal import Steps

/// Copies the mounts at a path of the host: one, or with all below it. open_tree(2).
@_noAllocation @_noLocks
func copyTree(_ path: CText, _ recursion: Recursion, _ slot: Slot, _ child: Child) -> Result {
    var flags = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC)
    if case .all = recursion { flags |= UInt32(AT_RECURSIVE) }
    let fd = unsafe openTree(AT_FDCWD, path.pointer, flags)
    if fd >= 0 { child.fill(slot, fd) }
    return fd
}

/// Mounts the root file system's copy over its own path: pivot_root(2) wants a mount, and one nobody shares.
@_noAllocation @_noLocks
func attachRoot(_ slot: Slot, _ path: CText, _ child: Child) -> Result {
    let tree = child.fd(slot)
    let private_ = unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: 0, clear: 0, propagation: clinux_MS_PRIVATE)
    if private_ < 0 { return private_ }
    let moved = unsafe moveMount(tree, onto: AT_FDCWD, path.pointer, UInt32(MOVE_MOUNT_F_EMPTY_PATH))
    if moved >= 0 { child.fill(.root, tree) }
    return moved
}

/// Where setns(2) has put this process: at the root of the container's mounts.
@_noAllocation @_noLocks
func openRoot(_ child: Child) -> Result {
    let fd = unsafe open(AT_FDCWD, pointer("/"), O_PATH | O_DIRECTORY | O_CLOEXEC, 0)
    if fd >= 0 { child.fill(.root, fd) }
    return fd
}

@_noAllocation @_noLocks
func setMountPropagation(_ path: CText, _ flags: UInt64) -> Result {
    unsafe setMountAttributes(AT_FDCWD, path.pointer, 0, set: 0, clear: 0, propagation: flags)
}

/// Makes the container's root `/` and leaves the host's behind.
@_noAllocation @_noLocks
func enterRoot(_ entry: RootEntry, _ child: Child) -> Result {
    var result = changeDirectory(child.fd(.root))
    if result < 0 { return result }
    switch entry {
    case .pivot:
        let old = unsafe open(AT_FDCWD, pointer("/"), O_PATH | O_DIRECTORY | O_CLOEXEC, 0)
        if old < 0 { return old }
        result = pivotRoot(".", ".")
        if result < 0 { return result }
        // Slave first: unmounting it must not reach the host's mounts.
        result = unsafe setMountAttributes(
            old, pointer(""), UInt32(AT_EMPTY_PATH | AT_RECURSIVE), set: 0, clear: 0, propagation: clinux_MS_SLAVE)
        if result < 0 { return result }
        result = changeDirectory(old)
        if result < 0 { return result }
        result = unmount(".", Int32(CLINUX_MNT_DETACH))
        if result < 0 { return result }
        _ = close(old)
    case .move:
        result = mount(".", on: "/", "", clinux_MS_MOVE, "")
        if result < 0 { return result }
        result = changeRoot(".")
        if result < 0 { return result }
    }
    return unsafe changeDirectory(pointer("/"))
}

/// Takes a full proc or sysfs of the host out of reach: without pivot_root(2) the old root stays mounted underneath.
@_noAllocation @_noLocks
func coverMount(_ path: CText) -> Result {
    let result = unsafe detach(path.pointer)
    if result != -EPERM && result != -EINVAL { return result == -ENOENT ? 0 : result }
    // A mount locked by a user namespace cannot be taken away, but it can be covered.
    let fd = unsafe open(AT_FDCWD, path.pointer, O_PATH | O_DIRECTORY | O_CLOEXEC, 0)
    if fd < 0 { return fd }
    let entered = changeDirectory(fd)
    _ = close(fd)
    return entered < 0 ? entered : mount("tmpfs", on: ".", "tmpfs", clinux_MS_RDONLY, "nr_blocks=1,nr_inodes=1")
}

@_noAllocation @_noLocks
func makeRootReadonly(_ child: Child) -> Result {
    unsafe setMountAttributes(
        child.fd(.root), pointer(""), UInt32(AT_EMPTY_PATH), set: UInt64(MOUNT_ATTR_RDONLY), clear: 0, propagation: 0)
}
