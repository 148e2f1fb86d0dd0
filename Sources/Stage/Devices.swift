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
        let isSame = node.mode & fileType == step.mode & fileType
            && (step.mode & fileType == fifoType || node.rdev == device(step.major, step.minor))
        if result >= 0 && !isSame { result = -EEXIST }
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

@_noAllocation @_noLocks
func bindDevice(_ slot: Slot, _ path: CText, _ child: Child) -> Result {
    let target = openTarget(path, .file, .follow, child)
    if target < 0 { return target }
    let result = unsafe moveMount(child.fd(slot), onto: target, pointer(""), byDescriptor)
    _ = close(target)
    _ = close(child.fd(slot))
    return result
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
