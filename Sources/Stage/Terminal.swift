internal import CLinux
internal import Steps

/// Opens a terminal of the container's devpts, sends its master to the parent, and makes its slave the standard streams, the
/// controlling terminal and /dev/console.
///
/// The multiplexer is checked before it is opened and the slave comes from the master, not from a name: nothing in the image can
/// put something else in their place (CVE-2025-52565).
@_noAllocation @_noLocks
func openTerminal(_ step: TerminalStep, _ child: Child) -> Result {
    let node = unsafe openInRoot(pointer("/dev/pts/ptmx"), child, pathFlags | UInt64(O_NOFOLLOW))
    if node < 0 { return node }
    let checked = checkMultiplexer(node)
    if checked < 0 { return checked }
    let master = reopen(node, O_RDWR | O_NOCTTY, child)
    _ = close(node)
    if master < 0 { return master }
    var result = unlockTerminal(master)
    if result < 0 { return result }
    let slave = openTerminalPeer(master)
    if slave < 0 { return slave }
    if step.height != 0 && step.width != 0 {
        result = setWindowSize(master, rows: step.height, columns: step.width)
        if result < 0 { return result }
    }
    var report = Report(subject: Report.terminal, value: 0)
    let sent = retry { unsafe send(child.fd(.sync), &report, MemoryLayout<Report>.size, fd: master) }
    if sent < 0 { return Int32(truncatingIfNeeded: sent) }
    _ = close(master)
    if case .mounted = step.console {
        result = mountConsole(slave, child)
        if result < 0 { return result }
    }
    for stream: Int32 in 0..<3 {
        result = duplicate(slave, as: stream)
        if result < 0 { return result }
    }
    _ = close(slave)
    return setControllingTerminal(0)
}

@_noAllocation @_noLocks
private func checkMultiplexer(_ fd: Int32) -> Result {
    var type: UInt64 = 0
    var flags: UInt64 = 0
    var result = fileSystem(fd, &type, &flags)
    if result < 0 { return result }
    var node = clinux_stat()
    result = unsafe status(fd, pointer(""), AT_EMPTY_PATH, &node)
    if result < 0 { return result }
    // devpts gives its multiplexer inode 2; the device is 5:2.
    let isGenuine =
        type == UInt64(DEVPTS_SUPER_MAGIC) && node.inode == 2
        && node.mode & fileType == characterType && node.rdev == 0x502
    return isGenuine ? 0 : -ENODEV
}

@_noAllocation @_noLocks
private func mountConsole(_ slave: Int32, _ child: Child) -> Result {
    let directory = unsafe openInRoot(pointer("/dev"), child, pathFlags | UInt64(O_DIRECTORY))
    if directory < 0 { return directory }
    var result = unsafe makeNode(directory, pointer("console"), regularType | 0o666, 0, 0)
    _ = close(directory)
    if result < 0 && result != -EEXIST { return result }
    let target = unsafe openInRoot(pointer("/dev/console"), child, pathFlags | UInt64(O_NOFOLLOW))
    if target < 0 { return target }
    let tree = unsafe openTree(slave, pointer(""), UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | UInt32(AT_EMPTY_PATH))
    if tree >= 0 {
        result = unsafe moveMount(tree, onto: target, pointer(""), byDescriptor)
        _ = close(tree)
    } else {
        result = tree
    }
    _ = close(target)
    return result
}

/// A stream that is the host's null device would keep a mount of the host within reach: the container's own replaces it, for reading
/// and writing, since containerd's shim opens all three for reading alone.
@_noAllocation @_noLocks
func reopenNullStreams(_ child: Child) -> Result {
    for stream: Int32 in 0..<3 {
        var node = clinux_stat()
        let known = unsafe status(stream, pointer(""), AT_EMPTY_PATH, &node)
        if known < 0 || !isNullDevice(node) { continue }
        let fd = reopen(child.fd(.null), O_RDWR, child)
        if fd < 0 { return fd }
        let result = duplicate(fd, as: stream)
        _ = close(fd)
        if result < 0 { return result }
    }
    return 0
}
