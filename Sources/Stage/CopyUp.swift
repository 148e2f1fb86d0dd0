internal import CLinux
internal import Steps

/// Copies a covered directory into the mount that covers it; one that was not there has nothing to copy.
///
/// Names, types, contents, owners, modes and times are copied; extended attributes are not.
@_noAllocation @_noLocks
func copyUp(from covered: Slot, into mounted: Slot, _ child: Child) -> Result {
    let source = child.fd(covered)
    if source < 0 { return 0 }
    let target = child.fd(mounted)
    var result = copyDirectory(from: source, to: target, depth: 0)
    if result >= 0 { result = unsafe copyTimes(target, pointer("."), from: source, pointer(".")) }
    _ = close(source)
    return result
}

@_noAllocation @_noLocks
private func copyDirectory(from source: Int32, to target: Int32, depth: Int) -> Result {
    if depth > 256 { return -ELOOP }
    var room = InlineArray<1024, UInt8>(repeating: 0)
    var span = room.mutableSpan
    return unsafe span.withUnsafeMutableBytes { unsafe copyEntries(from: source, to: target, $0.baseAddress!, depth) }
}

@_noAllocation @_noLocks
private func copyEntries(from source: Int32, to target: Int32, _ room: UnsafeMutableRawPointer, _ depth: Int) -> Result {
    while true {
        let count = unsafe listDirectory(source, room, 1024)
        if count <= 0 { return count }
        var offset = 0
        while offset < Int(count) {
            // struct linux_dirent64: inode 8, offset 8, length 2, type 1, name.
            let entry = unsafe room + offset
            let name = unsafe UnsafeRawPointer(entry + 19).assumingMemoryBound(to: CChar.self)
            if unsafe !isDots(name) {
                let result = unsafe copyEntry(name, from: source, to: target, depth: depth)
                if result < 0 { return result }
            }
            offset += unsafe Int(entry.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
        }
    }
}

@_noAllocation @_noLocks
private func isDots(_ name: UnsafePointer<CChar>) -> Bool {
    guard unsafe name[0] == dot else { return false }
    return unsafe name[1] == 0 || (name[1] == dot && name[2] == 0)
}

@_noAllocation @_noLocks
private func copyEntry(_ name: UnsafePointer<CChar>, from source: Int32, to target: Int32, depth: Int) -> Result {
    var node = clinux_stat()
    var result = unsafe status(source, name, AT_SYMLINK_NOFOLLOW, &node)
    if result < 0 { return result }
    switch node.mode & fileType {
    case directoryType: result = unsafe copySubdirectory(name, from: source, to: target, depth: depth)
    case regularType: result = unsafe copyFile(name, from: source, to: target)
    case symlinkType: result = unsafe copySymlink(name, from: source, to: target)
    default:
        let major = UInt32(truncatingIfNeeded: node.rdev >> 8 & 0xfff | node.rdev >> 32 & 0xffff_f000)
        let minor = UInt32(truncatingIfNeeded: node.rdev & 0xff | node.rdev >> 12 & 0xffff_ff00)
        result = unsafe makeNode(target, name, node.mode, major, minor)
    }
    if result < 0 { return result }
    result = unsafe changeOwner(target, name, node.uid, node.gid, AT_SYMLINK_NOFOLLOW)
    if result >= 0 && node.mode & fileType != symlinkType {
        result = unsafe changeMode(target, name, node.mode & 0o7777)
    }
    if result >= 0 { result = unsafe copyTimes(target, name, from: source, name) }
    return result
}

@_noAllocation @_noLocks
private func copySubdirectory(_ name: UnsafePointer<CChar>, from source: Int32, to target: Int32, depth: Int) -> Result {
    var result = unsafe makeDirectory(target, name, 0o700)
    if result < 0 && result != -EEXIST { return result }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let from = unsafe open(source, name, flags, 0)
    if from < 0 { return from }
    let to = unsafe open(target, name, flags, 0)
    if to < 0 {
        _ = close(from)
        return to
    }
    result = copyDirectory(from: from, to: to, depth: depth + 1)
    _ = close(from)
    _ = close(to)
    return result
}

@_noAllocation @_noLocks
private func copyFile(_ name: UnsafePointer<CChar>, from source: Int32, to target: Int32) -> Result {
    let from = unsafe open(source, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
    if from < 0 { return from }
    let to = unsafe open(target, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if to < 0 {
        _ = close(from)
        return to
    }
    var copied = 1
    while copied > 0 { copied = retry { sendFile(to: to, from: from, 1 << 30) } }
    _ = close(from)
    _ = close(to)
    return Int32(truncatingIfNeeded: copied)
}

@_noAllocation @_noLocks
private func copySymlink(_ name: UnsafePointer<CChar>, from source: Int32, to target: Int32) -> Result {
    var room = InlineArray<4097, UInt8>(repeating: 0)
    var mutable = room.mutableSpan
    return unsafe mutable.withUnsafeMutableBytes { bytes in
        let text = unsafe bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
        let count = unsafe readLink(source, name, text, 4096)
        if count < 0 { return count }
        unsafe text[Int(count)] = 0
        return unsafe makeSymlink(to: text, target, name)
    }
}
