internal import CLinux
internal import Steps

/// Opens the directory that holds a path's last component, making it where missing; `name` gets that component.
@_noAllocation @_noLocks
private func openParent(_ path: CText, _ child: Child, _ name: inout UnsafePointer<CChar>) -> Result {
    var last = path.count - 1
    while unsafe last > 0 && path.pointer[last] != slash { last -= 1 }
    unsafe name = unsafe path.pointer + last + 1
    return unsafe makeTarget(path.pointer, last, .directory, child)
}

@_noAllocation @_noLocks
func makeDevice(_ step: DeviceStep, _ child: Child) -> Result {
    var name = unsafe step.path.pointer
    let parent = unsafe openParent(step.path, child, &name)
    if parent < 0 { return parent }
    var result = unsafe makeNode(parent, name, step.mode, step.major, step.minor)
    if result == -EEXIST {
        var node = clinux_stat()
        result = unsafe status(parent, name, AT_SYMLINK_NOFOLLOW, &node)
        if result >= 0 && !isSame(node, step) { result = -EEXIST }
    } else if result >= 0 && (step.uid != 0 || step.gid != 0) {
        result = unsafe changeOwner(parent, name, step.uid, step.gid, AT_SYMLINK_NOFOLLOW)
    }
    _ = close(parent)
    return result
}

private var fifoType: UInt32 {
    @_noAllocation @_noLocks get { 0o010000 }
}

/// makedev(3), as the kernel's statx(2) parts are put together.
@_noAllocation @_noLocks
private func device(_ major: UInt32, _ minor: UInt32) -> UInt64 {
    let major = UInt64(major)
    let minor = UInt64(minor)
    return (major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | minor & 0xff | (minor & 0xffff_ff00) << 12
}

/// The host's node must be the device that config.json names, whatever its path promises.
@_noAllocation @_noLocks
func bindDevice(_ slot: Slot, _ step: DeviceStep, _ child: Child) -> Result {
    let tree = child.fd(slot)
    var node = clinux_stat()
    var result = unsafe status(tree, pointer(""), AT_EMPTY_PATH, &node)
    if result < 0 { return result }
    guard isSame(node, step) else { return -ENODEV }
    let target = openTarget(step.path, .file, .follow, child)
    if target < 0 { return target }
    result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor)
    _ = close(target)
    _ = close(tree)
    return result
}

@_noAllocation @_noLocks
private func isSame(_ node: clinux_stat, _ step: DeviceStep) -> Bool {
    node.mode & fileType == step.mode & fileType
        && (step.mode & fileType == fifoType || node.rdev == device(step.major, step.minor))
}

@_noAllocation @_noLocks
func placeSymlink(to target: CText, at path: CText, _ existing: Existing, _ child: Child) -> Result {
    var name = unsafe path.pointer
    let parent = unsafe openParent(path, child, &name)
    if parent < 0 { return parent }
    var result = unsafe makeSymlink(to: target.pointer, parent, name)
    if result == -EEXIST {
        switch existing {
        case .keep: result = 0
        case .replace:
            result = unsafe unlink(parent, name, 0)
            if result >= 0 { result = unsafe makeSymlink(to: target.pointer, parent, name) }
        }
    }
    _ = close(parent)
    return result
}
