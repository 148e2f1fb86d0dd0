internal import CLinux
internal import Kernel
internal import Stage
internal import Steps

/// A child that walks its steps, and the parent's end of the conversation with it.
struct Clone: ~Copyable {
    let pid: Int32
    let pidfd: PidFD
    let conversation: OwnedFD
}

/// Clones a child that walks `steps`, with the descriptors in its slots and the first `passed` from 3 on. The only caller of clone3(2) in the parent.
///
/// The process must have one thread: another's locks would be held for ever in the child. All signals are blocked until the child
/// sets its own mask, so that none is handled twice.
func clone(
    _ steps: [Step], _ slots: Slots, flags: UInt64, cgroup: Int32, passing passed: UInt32 = 0
) throws(SyscallError) -> Clone {
    let threads = try threadCount()
    precondition(threads == 1, "a process with several threads must not clone a container")
    let pair = try SocketPair(.packets)
    slots.put(try pair.second.duplicate(from: slots.floor), in: .sync)
    let foreign = slots.gaps(from: 3 + passed)
    let stepCount = steps.count
    let list = UnsafeMutablePointer<Step>.allocate(capacity: stepCount)
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: Child.scratchSize)
    let ranges = UnsafeMutablePointer<DescriptorRange>.allocate(capacity: foreign.count)
    defer {
        unsafe ranges.deallocate()
        unsafe list.deallocate()
        unsafe scratch.deallocate()
    }
    for index in 0..<stepCount { unsafe (list + index).initialize(to: steps[index]) }
    for (index, range) in foreign.enumerated() { unsafe (ranges + index).initialize(to: range) }
    let child = unsafe Child(
        steps: UnsafeBufferPointer(start: list, count: stepCount), slots: slots.table, scratch: scratch,
        foreign: UnsafeBufferPointer(start: ranges, count: foreign.count))

    let previous = try block(.all)
    var pidfd: Int32 = -1
    let pid = unsafe clinux_clone3(flags, Int32(CLINUX_SIGCHLD), &pidfd, cgroup)
    if pid == 0 { runStage(child) }
    _ = try setBlocked(previous)
    slots.close(.sync)
    guard pid > 0 else { throw SyscallError("clone3", "", Errno(rawValue: -pid)) }
    return Clone(pid: pid, pidfd: PidFD(adopting: OwnedFD(adopting: pidfd)), conversation: pair.first)
}

/// Clones likewise a child that starts with this score for the kernel's out-of-memory killer; nil: the parent's own.
func clone(
    _ steps: [Step], _ slots: Slots, flags: UInt64, cgroup: Int32, passing passed: UInt32 = 0, oomScoreAdj: Int32?, _ proc: borrowing ProcFS
) throws(SyscallError) -> Clone {
    let previous = try setOOMScoreAdj(oomScoreAdj, proc)
    let child: Clone
    do throws(SyscallError) {
        child = try clone(steps, slots, flags: flags, cgroup: cgroup, passing: passed)
    } catch {
        _ = try setOOMScoreAdj(previous, proc)
        throw error
    }
    _ = try setOOMScoreAdj(previous, proc)
    return child
}

/// Sets the runtime's own score for the child to inherit: a child with few rights could not lower its own. The result is what it
/// was, nil when nothing was asked for.
private func setOOMScoreAdj(_ value: Int32?, _ proc: borrowing ProcFS) throws(SyscallError) -> Int32? {
    guard let value else { return nil }
    let text = try proc.readText("self/oom_score_adj")
    try write("\(value)", to: try proc.open("self/oom_score_adj", .writeOnly), subject: "/proc/self/oom_score_adj")
    return Int32(text.filter { !$0.isWhitespace })
}
