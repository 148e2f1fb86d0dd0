internal import CLinux
internal import Steps

// Paths of the container are opened beneath the root's descriptor, and what is mounted is mounted by descriptor: a path is never
// resolved twice (CVE-2021-30465, CVE-2024-45310).

var pathFlags: UInt64 {
    @_noAllocation @_noLocks get { UInt64(O_PATH) | UInt64(O_CLOEXEC) }
}
var inRoot: UInt64 {
    @_noAllocation @_noLocks get { UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) }
}

enum TargetKind {
    case directory, file
}

/// Opens a path of the container as if the root were `/`.
@_noAllocation @_noLocks
func openInRoot(
    _ path: UnsafePointer<CChar>, _ child: Child, _ flags: UInt64 = pathFlags, _ resolve: UInt64 = inRoot
) -> Result {
    // The kernel gives up with EAGAIN when a rename anywhere raced with a `..`.
    var attempts = 0
    while true {
        let fd = unsafe open(child.fd(.root), path, flags: flags, resolve: resolve)
        if fd != -EAGAIN || attempts == 100 { return fd }
        attempts += 1
    }
}

/// Opens a mount point, making it and the directories above it where they are missing.
@_noAllocation @_noLocks
func openTarget(_ path: CText, _ kind: TargetKind, _ rule: TargetRule, _ child: Child) -> Result {
    let fd = openExisting(path, rule, child)
    return fd == -ENOENT ? unsafe makeTarget(path.pointer, path.count, kind, child) : fd
}

@_noAllocation @_noLocks
func openExisting(_ path: CText, _ rule: TargetRule, _ child: Child) -> Result {
    var resolve = inRoot
    if case .refuseLinks = rule { resolve |= UInt64(RESOLVE_NO_SYMLINKS) }
    return unsafe openInRoot(path.pointer, child, pathFlags, resolve)
}

/// Walks a path component by component, making what is missing.
///
/// A dangling symlink of the image counts as the path it would lead to inside the root, as `/etc/resolv.conf` often is. The walk
/// keeps the resolved part as text without symlinks or `..`, and looks each candidate up from the root anew.
@_noAllocation @_noLocks
func makeTarget(_ path: UnsafePointer<CChar>, _ count: Int, _ kind: TargetKind, _ child: Child) -> Result {
    let half = 16384
    guard count < 4096 else { return -ENAMETOOLONG }
    let done = unsafe UnsafeMutableRawPointer(child.scratch).assumingMemoryBound(to: CChar.self)
    let rest = unsafe done + half
    let link = unsafe rest + half
    var doneCount = 0
    var restStart = 0
    var restCount = count
    for index in 0..<count { unsafe rest[index] = path[index] }
    unsafe done[0] = 0
    var links = 0

    while true {
        while unsafe restStart < restCount && rest[restStart] == slash { restStart += 1 }
        if restStart == restCount { break }
        var end = restStart
        while unsafe end < restCount && rest[end] != slash { end += 1 }
        let length = end - restStart
        let isLast = unsafe isOnlySlashes(rest, end, restCount)
        if unsafe length == 1 && rest[restStart] == dot {
            restStart = end
            continue
        }
        if unsafe length == 2 && rest[restStart] == dot && rest[restStart + 1] == dot {
            while unsafe doneCount > 0 && done[doneCount - 1] != slash { doneCount -= 1 }
            if doneCount > 0 { doneCount -= 1 }
            unsafe done[doneCount] = 0
            restStart = end
            continue
        }
        guard doneCount + 1 + length < 4096 else { return -ENAMETOOLONG }
        let parentCount = doneCount
        unsafe done[doneCount] = slash
        for index in 0..<length { unsafe done[doneCount + 1 + index] = rest[restStart + index] }
        doneCount += 1 + length
        unsafe done[doneCount] = 0

        var fd = unsafe openInRoot(done, child, pathFlags | UInt64(O_NOFOLLOW))
        if fd == -ENOENT {
            let made = unsafe makeLast(done, parentCount, isLast ? kind : .directory, child)
            if made < 0 && made != -EEXIST { return made }
            fd = unsafe openInRoot(done, child, pathFlags | UInt64(O_NOFOLLOW))
        }
        if fd < 0 { return fd }
        var entry = clinux_stat()
        let known = unsafe status(fd, pointer(""), AT_EMPTY_PATH, &entry)
        if known < 0 {
            _ = close(fd)
            return known
        }
        guard entry.mode & fileType == symlinkType else {
            _ = close(fd)
            restStart = end
            continue
        }
        links += 1
        let linkCount = links > 40 ? -ELOOP : unsafe readLink(fd, pointer(""), link, 4096)
        _ = close(fd)
        if linkCount < 0 { return linkCount }
        let tail = restCount - end
        guard Int(linkCount) + tail < half else { return -ENAMETOOLONG }
        // The rest becomes the link's text followed by what was left; moved up first, since the two overlap.
        for index in 0..<tail { unsafe link[Int(linkCount) + index] = rest[end + index] }
        restStart = 0
        restCount = Int(linkCount) + tail
        for index in 0..<restCount { unsafe rest[index] = link[index] }
        doneCount = unsafe rest[0] == slash ? 0 : parentCount
        unsafe done[doneCount] = 0
    }
    if doneCount == 0 {
        unsafe done[0] = slash
        unsafe done[1] = 0
    }
    return unsafe openInRoot(done, child, pathFlags | UInt64(O_NOFOLLOW))
}

/// Makes the last component of `path`, whose parent part is `parentCount` bytes long.
@_noAllocation @_noLocks
private func makeLast(_ path: UnsafeMutablePointer<CChar>, _ parentCount: Int, _ kind: TargetKind, _ child: Child) -> Result {
    unsafe path[parentCount] = 0
    let parent = parentCount == 0
        ? unsafe openInRoot(pointer("/"), child) : unsafe openInRoot(path, child, pathFlags | UInt64(O_DIRECTORY))
    unsafe path[parentCount] = slash
    if parent < 0 { return parent }
    let name = unsafe path + parentCount + 1
    let made = switch kind {
    case .directory: unsafe makeDirectory(parent, name, 0o755)
    case .file: unsafe makeNode(parent, name, regularType | 0o755, 0, 0)
    }
    _ = close(parent)
    return made
}

@_noAllocation @_noLocks
private func isOnlySlashes(_ text: UnsafeMutablePointer<CChar>, _ start: Int, _ end: Int) -> Bool {
    var index = start
    while index < end {
        if unsafe text[index] != slash { return false }
        index += 1
    }
    return true
}

var slash: CChar {
    @_noAllocation @_noLocks get { CChar(UInt8(ascii: "/")) }
}
var dot: CChar {
    @_noAllocation @_noLocks get { CChar(UInt8(ascii: ".")) }
}

/// Type bits of st_mode. inode(7).
var fileType: UInt32 {
    @_noAllocation @_noLocks get { 0o170000 }
}
var directoryType: UInt32 {
    @_noAllocation @_noLocks get { 0o040000 }
}
var characterType: UInt32 {
    @_noAllocation @_noLocks get { 0o020000 }
}
var regularType: UInt32 {
    @_noAllocation @_noLocks get { 0o100000 }
}
var symlinkType: UInt32 {
    @_noAllocation @_noLocks get { 0o120000 }
}
