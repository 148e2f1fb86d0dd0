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

/// Copies the mounts at a path and has the parent map their owners. Copied here and not by the parent, so that flags which the
/// host has locked stay locked in the container's user namespace.
@_noAllocation @_noLocks
func copyMappedTree(_ path: CText, _ recursion: Recursion, _ slot: Slot, _ child: Child) -> Result {
    let tree = copyTree(path, recursion, slot, child)
    if tree < 0 { return tree }
    var report = Report(subject: Report.mappedTree, value: slot.index)
    let sent = retry { unsafe send(child.fd(.sync), &report, MemoryLayout<Report>.size, fd: tree) }
    return sent < 0 ? Int32(truncatingIfNeeded: sent) : hear(child)
}

/// A tmpfs on the root file system's path of the host, in this mount namespace alone and out of every other process's reach: file
/// systems are mounted on its directory `new` before they get their place, and `empty` hides directories.
@_noAllocation @_noLocks
func attachStaging(_ path: CText, _ child: Child) -> Result {
    let staging = makeStaging()
    if staging < 0 { return staging }
    child.fill(.staging, staging)
    var result = unsafe makeDirectory(staging, pointer("new"), 0o700)
    if result >= 0 { result = unsafe makeDirectory(staging, pointer("empty"), 0o755) }
    if result >= 0 { result = unsafe moveMount(staging, onto: AT_FDCWD, path.pointer, UInt32(MOVE_MOUNT_F_EMPTY_PATH)) }
    if result < 0 { return result }
    let empty = unsafe openTree(staging, pointer("empty"), UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC))
    if empty < 0 { return empty }
    child.fill(.emptyDirectory, empty)
    return unsafe setMountAttributes(
        empty, pointer(""), UInt32(AT_EMPTY_PATH), set: UInt64(MOUNT_ATTR_RDONLY), clear: 0, propagation: 0)
}

/// One superblock serves all: making one is dear on machines with many processors.
@_noAllocation @_noLocks
private func makeStaging() -> Result {
    let tmpfs = openFileSystem("tmpfs")
    if tmpfs < 0 { return tmpfs }
    var result = configure(tmpfs, "nr_blocks", "1")
    if result >= 0 { result = configure(tmpfs, "nr_inodes", "8") }
    if result >= 0 { result = configure(tmpfs, "mode", "755") }
    if result >= 0 { result = create(tmpfs) }
    if result >= 0 { result = mount(tmpfs, UInt64(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)) }
    _ = close(tmpfs)
    return result
}

/// Mounts the root file system's copy over the staging directory: pivot_root(2) wants a mount, and one nobody shares.
@_noAllocation @_noLocks
func attachRoot(_ slot: Slot, _ child: Child) -> Result {
    let tree = child.fd(slot)
    let private_ = unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: 0, clear: 0, propagation: clinux_MS_PRIVATE)
    if private_ < 0 { return private_ }
    let moved = unsafe moveMount(tree, onto: child.fd(.staging), pointer(""), byDescriptor)
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
    // It was on the host's side.
    _ = close(child.fd(.staging))
    child.fill(.staging, -1)
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
