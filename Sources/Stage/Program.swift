internal import CLinux
internal import Steps

/// Looks the program up as execvp(3) would, now: that it is missing is an error of create, not of start.
@_noAllocation @_noLocks
func findProgram(_ step: ProgramStep, _ child: inout Child) -> Result {
    var denied: Result = -ENOENT
    for index in 0..<step.candidates.count {
        guard let candidate = unsafe step.candidates.pointer[index] else { break }
        var node = clinux_stat()
        var result = unsafe status(AT_FDCWD, candidate, 0, &node)
        if result >= 0 {
            if node.mode & fileType == directoryType {
                result = -EISDIR
            } else {
                result = unsafe mayAccess(candidate, Int32(CLINUX_X_OK))
                if result >= 0 {
                    child.program = index
                    return 0
                }
            }
        }
        if result != -ENOENT && result != -ENOTDIR { denied = result }
    }
    return denied
}

@_noAllocation @_noLocks
func execute(_ step: ProgramStep, _ child: Child) -> Result {
    guard let path = unsafe step.candidates.pointer[child.program] else { return -ENOENT }
    return unsafe execute(path, step.arguments, step.environment)
}

/// Reads the home directory of a uid from the container's /etc/passwd into `room`, which starts as "HOME=/".
@_noAllocation @_noLocks
func findHome(_ uid: UInt32, _ room: CBytes, _ child: Child) -> Result {
    let fd = unsafe openInRoot(pointer("/etc/passwd"), child, UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    // An image without the file, or with something else in its place, has no homes.
    if fd < 0 { return 0 }
    defer { _ = close(fd) }
    var node = clinux_stat()
    let known = unsafe status(fd, pointer(""), AT_EMPTY_PATH, &node)
    guard known >= 0, node.mode & fileType == regularType else { return 0 }

    let buffer = unsafe child.scratch
    var filled = 0
    while true {
        let count = retry { unsafe read(fd, buffer + filled, Child.scratchSize - filled) }
        if count < 0 { return Int32(truncatingIfNeeded: count) }
        filled += count
        var lineStart = 0
        var position = 0
        while position < filled {
            if unsafe buffer[position] == newline {
                if unsafe copyHome(of: uid, from: buffer + lineStart, position - lineStart, to: room) { return 0 }
                lineStart = position + 1
            }
            position += 1
        }
        if count == 0 {
            _ = unsafe copyHome(of: uid, from: buffer + lineStart, filled - lineStart, to: room)
            return 0
        }
        // A line longer than the room is no entry anyone could use.
        if lineStart == 0 && filled == Child.scratchSize { lineStart = filled }
        for index in lineStart..<filled { unsafe buffer[index - lineStart] = buffer[index] }
        filled -= lineStart
    }
}

private var newline: UInt8 {
    @_noAllocation @_noLocks get { UInt8(ascii: "\n") }
}
private var colon: UInt8 {
    @_noAllocation @_noLocks get { UInt8(ascii: ":") }
}

/// Whether the line `name:password:uid:gid:comment:home:shell` is this uid's; its home is then copied.
@_noAllocation @_noLocks
private func copyHome(of uid: UInt32, from line: UnsafeMutablePointer<UInt8>, _ count: Int, to room: CBytes) -> Bool {
    var field = 0
    var number: UInt64 = 0
    var hasNumber = false
    var homeStart = 0
    for index in 0...count {
        let isEnd = unsafe index == count || line[index] == colon
        guard isEnd else {
            if field == 2 {
                let digit = unsafe line[index]
                guard digit >= 48, digit <= 57, number <= UInt64(UInt32.max) else { return false }
                number = number * 10 + UInt64(digit - 48)
                hasNumber = true
            }
            continue
        }
        switch field {
        case 2: guard hasNumber, number == UInt64(uid) else { return false }
        case 4: homeStart = index + 1
        case 5:
            let length = index - homeStart
            guard length > 0, length + 6 <= room.count else { return true }
            for offset in 0..<length { unsafe room.pointer[5 + offset] = line[homeStart + offset] }
            unsafe room.pointer[5 + length] = 0
            return true
        default: break
        }
        field += 1
    }
    return false
}

/// Descriptors passed on stay open over exec, and those still needed until then: none of them is a directory.
///
/// All others close now and not on exec: execve(2) looks its path up while they are open, and an image could have a program
/// `/proc/self/fd/5/../bin/sh` that is the host's (CVE-2016-9962, CVE-2024-21626).
@_noAllocation @_noLocks
func keepDescriptors(_ count: Int32, _ state: Slot?, _ child: Child) -> Result {
    for fd in 3..<3 + count {
        // What was passed to the runtime stayed open over its exec; what would not have is the runtime's own.
        let flags = control(fd, F_GETFD, 0)
        if flags < 0 { return flags }
        if flags & FD_CLOEXEC != 0 { return -EBADF }
    }
    var first = 3 + count
    var result = closeRange(UInt32(first), UInt32.max, UInt32(CLOSE_RANGE_CLOEXEC))
    while result >= 0 {
        let kept = nextNeeded(first, state, child)
        if kept == Int32.max { return closeRange(UInt32(first), UInt32.max, 0) }
        if kept > first { result = closeRange(UInt32(first), UInt32(kept - 1), 0) }
        first = kept + 1
    }
    return result
}

/// The lowest descriptor from `first` on that a later step needs; the largest number when there is none.
@_noAllocation @_noLocks
private func nextNeeded(_ first: Int32, _ state: Slot?, _ child: Child) -> Int32 {
    var next = lower(child.fd(.sync), Int32.max, from: first)
    next = lower(child.fd(.gate), next, from: first)
    next = lower(child.fd(.report), next, from: first)
    next = lower(child.fd(.hookOutput), next, from: first)
    if let state { next = lower(child.fd(state), next, from: first) }
    return next
}

@_noAllocation @_noLocks
private func lower(_ fd: Int32, _ other: Int32, from first: Int32) -> Int32 { fd >= first && fd < other ? fd : other }

/// Dispositions first: a signal that waited must not meet one inherited from the caller.
@_noAllocation @_noLocks
func resetSignals() -> Result {
    for number: Int32 in 1...64 where number != CLINUX_SIGKILL && number != CLINUX_SIGSTOP {
        let result = setDefaultDisposition(number)
        if result < 0 { return result }
    }
    return setSignalMask(0)
}

/// Parks until `start` writes its byte. From here on only read, write and execve are needed, which the container's filter allows
/// if it allows any program to run.
@_noAllocation @_noLocks
func waitAtGate(_ child: inout Child) -> Result {
    child.reportFD = child.fd(.report)
    var byte: UInt8 = 0
    let count = retry { unsafe read(child.fd(.gate), &byte, 1) }
    return count == 1 ? 0 : -EPIPE
}

@_noAllocation @_noLocks
func tellStart(_ child: Child) -> Result {
    tell(child, Report(subject: Report.executing, value: 0))
    return 0
}
