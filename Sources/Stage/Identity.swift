internal import CLinux
internal import Steps

/// Drops from the bounding set what the mask lacks; the kernel's last capability ends the loop.
@_noAllocation @_noLocks
func limitBounding(_ mask: UInt64) -> Result {
    for capability: UInt in 0..<64 where mask & 1 << UInt64(capability) == 0 {
        let result = processControl(PR_CAPBSET_DROP, capability)
        if result == -EINVAL { return 0 }
        if result < 0 { return result }
    }
    return 0
}

@_noAllocation @_noLocks
func setCapabilities(effective: UInt64, permitted: UInt64, inheritable: UInt64) -> Result {
    var sets = clinux_capabilities(effective: effective, permitted: permitted, inheritable: inheritable)
    return setCapabilities(&sets)
}

/// Where the user namespace denies setgroups(2), having no groups to set is no failure.
@_noAllocation @_noLocks
func setGroups(_ groups: CBytes, _ count: Int32, _ child: Child) -> Result {
    count == 0 && child.isSetgroupsDenied ? 0 : setGroups(groups, count)
}

@_noAllocation @_noLocks
func raiseAmbient(_ mask: UInt64) -> Result {
    let cleared = processControl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL))
    if cleared < 0 { return cleared }
    for capability: UInt in 0..<64 where mask & 1 << UInt64(capability) != 0 {
        _ = processControl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_RAISE), capability)
    }
    return 0
}

/// The program's user must be able to open its own streams anew through /proc/self/fd.
///
/// A device that others share, the host's /dev/null above all, keeps its owner.
@_noAllocation @_noLocks
func ownStreams(_ uid: UInt32) -> Result {
    for stream: Int32 in 0..<3 {
        var node = clinux_stat()
        let known = unsafe status(stream, pointer(""), AT_EMPTY_PATH, &node)
        if known < 0 || node.uid == uid { continue }
        if node.mode & fileType == characterType && !isPseudoTerminal(node) { continue }
        let result = unsafe changeOwner(stream, pointer(""), uid, node.gid, AT_EMPTY_PATH)
        let isHarmless = result == -EINVAL || result == -EPERM || result == -EROFS || result == -EACCES
        if result < 0 && !isHarmless { return result }
    }
    return 0
}

/// Majors 136 to 143 are the slaves of pseudo-terminals.
@_noAllocation @_noLocks
private func isPseudoTerminal(_ node: clinux_stat) -> Bool {
    let major = node.rdev >> 8 & 0xfff
    return major >= 136 && major <= 143
}

/// Enters the working directory and makes sure that it lies inside the root (CVE-2024-21626).
@_noAllocation @_noLocks
func enterWorkingDirectory(_ path: CText, _ patience: Patience, _ child: inout Child) -> Result {
    let result = unsafe changeDirectory(path.pointer)
    switch patience {
    case .mayRetry:
        child.hasWorkingDirectory = result >= 0
        if result == -EACCES || result == -EPERM { return 0 }
        if result < 0 { return result }
    case .last:
        if result < 0 && !child.hasWorkingDirectory { return result }
    }
    let text = unsafe UnsafeMutableRawPointer(child.scratch).assumingMemoryBound(to: CChar.self)
    let count = unsafe workingDirectory(text, 4096)
    if count < 0 { return count }
    // getcwd(2) says "(unreachable)" first when the directory is outside the root.
    return unsafe text[0] == slash ? 0 : -ENOENT
}

/// Loads the filter. A listener's number goes to the parent, which fetches the descriptor itself: the filter may forbid sending it.
@_noAllocation @_noLocks
func load(_ step: FilterStep, _ child: Child) -> Result {
    let result = loadFilter(step.program, step.flags)
    guard result >= 0 else { return result }
    switch step.listener {
    case .none: return 0
    case .sent: return ask(child, Report(subject: Report.listener, value: result))
    }
}
