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

/// Hides a path: the null device over a file, an empty read-only directory over a directory. What is not there needs no hiding.
@_noAllocation @_noLocks
func mask(_ path: CText, _ child: inout Child) -> Result {
    let target = unsafe openInRoot(path.pointer, child)
    if target == -ENOENT || target == -ENOTDIR { return 0 }
    if target < 0 { return target }
    var node = clinux_stat()
    var result = unsafe status(target, pointer(""), AT_EMPTY_PATH, &node)
    if result >= 0 {
        if node.mode & fileType != directoryType {
            result = cover(target, with: child.fd(.null))
        } else if child.hidesDirectory {
            result = cover(target, with: child.fd(.emptyDirectory))
        } else {
            result = unsafe moveMount(child.fd(.emptyDirectory), onto: target, pointer(""), byDescriptor)
            child.hidesDirectory = true
        }
    }
    _ = close(target)
    return result
}

/// Mounts another instance of what is mounted at `source`.
@_noAllocation @_noLocks
private func cover(_ target: Int32, with source: Int32) -> Result {
    let tree = copy(source)
    if tree < 0 { return tree }
    let result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor)
    _ = close(tree)
    return result
}

/// A detached copy of an attached mount.
@_noAllocation @_noLocks
func copy(_ mount: Int32) -> Result {
    unsafe openTree(mount, pointer(""), UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | UInt32(AT_EMPTY_PATH))
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
