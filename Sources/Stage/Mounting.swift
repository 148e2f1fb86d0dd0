internal import CLinux
internal import Steps

/// Mounts a new file system on a directory of the container.
@_noAllocation @_noLocks
func mountFileSystem(_ step: MountStep, _ child: Child) -> Result {
    let existing = openExisting(step.target, step.targetRule, child)
    let target = existing == -ENOENT
        ? unsafe makeTarget(step.target.pointer, step.target.count, .directory, child) : existing
    if target < 0 { return target }
    let result = mountFileSystem(step, on: target, wasThere: existing >= 0, child)
    _ = close(target)
    return result
}

@_noAllocation @_noLocks
private func mountFileSystem(_ step: MountStep, on target: Int32, wasThere: Bool, _ child: Child) -> Result {
    var node = clinux_stat()
    var result = unsafe status(target, pointer(""), AT_EMPTY_PATH, &node)
    if result >= 0 { result = refuseProc(target) }
    if result >= 0 { result = refuseRoot(target, child) }
    if result < 0 { return result }
    if let slot = step.covered, wasThere {
        let covered = unsafe open(target, pointer("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        if covered < 0 { return covered }
        child.fill(slot, covered)
    }
    let mounted = stage(step, child)
    if mounted < 0 { return mounted }
    result = setRecursively(mounted, step.recursiveSet, step.recursiveClear)
    if case .kept = step.mode, wasThere, result >= 0 {
        result = unsafe changeMode(mounted, pointer("."), node.mode & 0o7777)
    }
    if result >= 0 { result = unsafe moveMount(mounted, onto: target, pointer(""), byDescriptor) }
    // Only now: a shared mount could not be moved.
    if result >= 0 { result = setPropagation(mounted, step.propagation) }
    if let slot = step.mounted, result >= 0 {
        child.fill(slot, mounted)
    } else {
        _ = close(mounted)
    }
    return result
}

/// mount(2) where nobody else can reach, so that the mount's descriptor is had without a second look at the container's paths.
///
/// fsopen(2) would give it too, but takes no option longer than 255 bytes, as the layers of an overlay are.
@_noAllocation @_noLocks
private func stage(_ step: MountStep, _ child: Child) -> Result {
    let entered = changeDirectory(child.fd(.staging))
    if entered < 0 { return entered }
    var result = mount(step.source, on: "new", step.type, step.flags, step.data)
    if result >= 0 { result = unsafe open(child.fd(.staging), pointer("new"), O_PATH | O_CLOEXEC, 0) }
    if let slot = step.fallback, result == -EPERM || result == -EBUSY { result = standIn(slot, step.flags, child) }
    let left = changeDirectory(child.fd(.root))
    return left < 0 ? left : result
}

/// What stands in for a cgroup2 that may not be mounted, with the mount's own flags: never more than the tree in the slot.
@_noAllocation @_noLocks
private func standIn(_ slot: Slot, _ flags: UInt64, _ child: Child) -> Result {
    var tree = child.fd(slot)
    if tree < 0 { tree = unsafe openTree(child.fd(.staging), pointer("empty"), UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC)) }
    if tree < 0 || flags & clinux_MS_RDONLY == 0 { return tree }
    let result = unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: UInt64(MOUNT_ATTR_RDONLY), clear: 0, propagation: 0)
    return result < 0 ? result : tree
}

var byDescriptor: UInt32 {
    @_noAllocation @_noLocks get { UInt32(MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) }
}

/// Puts a copied tree on a directory or file of the container.
@_noAllocation @_noLocks
func bind(_ step: BindStep, _ child: Child) -> Result {
    let tree = child.fd(step.tree)
    var source = clinux_stat()
    var result = unsafe status(tree, pointer(""), AT_EMPTY_PATH, &source)
    if result < 0 { return result }
    let kind: TargetKind = source.mode & fileType == directoryType ? .directory : .file
    let target = openTarget(step.target, kind, .follow, child)
    if target < 0 { return target }
    if case .refused = step.coversProc { result = refuseProc(target) }
    if result >= 0 { result = refuseRoot(target, child) }
    if result >= 0 { result = setAttributes(tree, step) }
    if result >= 0 { result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor) }
    _ = close(target)
    if result >= 0 { result = setRecursively(tree, step.recursiveSet, step.recursiveClear) }
    if result >= 0 { result = setPropagation(tree, step.propagation) }
    _ = close(tree)
    return result
}

/// What was asked for; where the kernel has locked a flag that was merely not asked for, without clearing it.
@_noAllocation @_noLocks
private func setAttributes(_ tree: Int32, _ step: BindStep) -> Result {
    if step.set == 0 && step.clear == 0 { return 0 }
    let result = unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: step.set, clear: step.clear, propagation: 0)
    guard result == -EPERM else { return result }
    return unsafe setMountAttributes(
        tree, pointer(""), UInt32(AT_EMPTY_PATH), set: step.set, clear: step.mustClear, propagation: 0)
}

@_noAllocation @_noLocks
private func setRecursively(_ fd: Int32, _ set: UInt64, _ clear: UInt64) -> Result {
    if set == 0 && clear == 0 { return 0 }
    return unsafe setMountAttributes(
        fd, pointer(""), UInt32(AT_EMPTY_PATH | AT_RECURSIVE), set: set, clear: clear, propagation: 0)
}

@_noAllocation @_noLocks
private func setPropagation(_ fd: Int32, _ flags: UInt64) -> Result {
    if flags == 0 { return 0 }
    let scope = flags & clinux_MS_REC != 0 ? UInt32(AT_EMPTY_PATH | AT_RECURSIVE) : UInt32(AT_EMPTY_PATH)
    return unsafe setMountAttributes(fd, pointer(""), scope, set: 0, clear: 0, propagation: flags & ~clinux_MS_REC)
}

/// Nothing may be mounted inside a procfs, where the kernel's own files would be hidden (CVE-2019-16884, CVE-2019-19921).
@_noAllocation @_noLocks
private func refuseProc(_ target: Int32) -> Result {
    var type: UInt64 = 0
    var flags: UInt64 = 0
    let result = fileSystem(target, &type, &flags)
    if result < 0 { return result }
    return type == UInt64(PROC_SUPER_MAGIC) ? -EPERM : 0
}

/// Nor over the root itself, which a symlink of the image may lead to: the runtime's view of it would part from the container's.
@_noAllocation @_noLocks
private func refuseRoot(_ target: Int32, _ child: Child) -> Result {
    var root = clinux_stat()
    var node = clinux_stat()
    var result = unsafe status(child.fd(.root), pointer(""), AT_EMPTY_PATH, &root)
    if result >= 0 { result = unsafe status(target, pointer(""), AT_EMPTY_PATH, &node) }
    if result < 0 { return result }
    return node.inode == root.inode && node.mount == root.mount ? -EPERM : 0
}

@_noAllocation @_noLocks
func remountReadonly(_ slot: Slot, _ child: Child) -> Result {
    let fd = child.fd(slot)
    let result = unsafe setMountAttributes(
        fd, pointer(""), UInt32(AT_EMPTY_PATH), set: UInt64(MOUNT_ATTR_RDONLY), clear: 0, propagation: 0)
    _ = close(fd)
    return result
}

/// A directory of the container and those above it; not what stands there already.
@_noAllocation @_noLocks
func makeContainerDirectory(_ path: CText, _ child: Child) -> Result {
    let fd = openTarget(path, .directory, .follow, child)
    return fd < 0 ? fd : close(fd)
}
