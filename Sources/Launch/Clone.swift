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
    slots.put(pair.second, in: .sync)
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
