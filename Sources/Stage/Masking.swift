internal import CLinux
internal import Steps

/// The container's own null device, checked: whatever else lies there must not be mounted over other files (CVE-2025-31133).
@_noAllocation @_noLocks
func openNullDevice(_ child: Child) -> Result {
    let fd = unsafe openInRoot(pointer("/dev/null"), child, pathFlags | UInt64(O_NOFOLLOW))
    if fd < 0 { return fd }
    var node = clinux_stat()
    let result = unsafe status(fd, pointer(""), AT_EMPTY_PATH, &node)
    if result < 0 { return result }
    guard isNullDevice(node) else { return -ENODEV }
    child.fill(.null, fd)
    return 0
}

@_noAllocation @_noLocks
func isNullDevice(_ node: clinux_stat) -> Bool {
    node.mode & fileType == characterType && node.rdev == nullDevice
}

/// makedev(1, 3).
var nullDevice: UInt64 {
    @_noAllocation @_noLocks get { 0x103 }
}

/// Hides a path: the null device over a file, an empty read-only tmpfs over a directory. What is not there needs no hiding.
@_noAllocation @_noLocks
func mask(_ path: CText, _ child: Child) -> Result {
    let target = unsafe openInRoot(path.pointer, child)
    if target == -ENOENT || target == -ENOTDIR { return 0 }
    if target < 0 { return target }
    var node = clinux_stat()
    var result = unsafe status(target, pointer(""), AT_EMPTY_PATH, &node)
    if result >= 0 {
        if node.mode & fileType != directoryType {
            result = cover(target, with: child.fd(.null))
        } else if child.fd(.emptyDirectory) >= 0 {
            result = cover(target, with: child.fd(.emptyDirectory))
        } else {
            // One superblock serves them all: making one is dear on machines with many processors.
            result = changeDirectory(target)
            if result >= 0 { result = mount("tmpfs", on: ".", "tmpfs", emptyFlags, "nr_blocks=1,nr_inodes=1") }
            if result >= 0 {
                result = unsafe openInRoot(path.pointer, child)
                if result >= 0 { result = keepEmptyDirectory(result, child) }
            }
        }
    }
    _ = close(target)
    return result
}

/// Remembers the tmpfs for the directories to come, if that is what was opened: on a volume the path may lead elsewhere by now.
@_noAllocation @_noLocks
private func keepEmptyDirectory(_ fd: Int32, _ child: Child) -> Result {
    var type: UInt64 = 0
    var flags: UInt64 = 0
    let result = fileSystem(fd, &type, &flags)
    if result >= 0 && type == UInt64(TMPFS_MAGIC) && flags & clinux_MS_RDONLY != 0 {
        child.fill(.emptyDirectory, fd)
        return 0
    }
    _ = close(fd)
    return result < 0 ? result : -ENOTDIR
}

private var emptyFlags: UInt64 {
    @_noAllocation @_noLocks get { clinux_MS_RDONLY | clinux_MS_NOSUID | clinux_MS_NODEV | clinux_MS_NOEXEC }
}

/// Mounts another instance of what is mounted at `source`.
@_noAllocation @_noLocks
private func cover(_ target: Int32, with source: Int32) -> Result {
    let tree = unsafe openTree(source, pointer(""), UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | UInt32(AT_EMPTY_PATH))
    if tree < 0 { return tree }
    let result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor)
    _ = close(tree)
    return result
}

/// Mounts a path on itself, read-only; mounts below it stay as they are.
@_noAllocation @_noLocks
func makeReadonly(_ path: CText, _ child: Child) -> Result {
    let target = unsafe openInRoot(path.pointer, child)
    if target == -ENOENT || target == -ENOTDIR { return 0 }
    if target < 0 { return target }
    let flags = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | UInt32(AT_EMPTY_PATH) | UInt32(AT_RECURSIVE)
    let tree = unsafe openTree(target, pointer(""), flags)
    if tree < 0 {
        _ = close(target)
        return tree
    }
    var result = unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: UInt64(MOUNT_ATTR_RDONLY), clear: 0, propagation: 0)
    if result >= 0 { result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor) }
    _ = close(tree)
    _ = close(target)
    return result
}
