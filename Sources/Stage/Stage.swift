internal import CLinux
internal import Steps

/// Walks the steps to the end, which is execve(2) or exit; a failing step is told as its index and errno.
///
/// Called in the child of a clone, with one thread and copied memory: it allocates nothing, takes no lock, and never returns into
/// the parent's frames.
@_noAllocation @_noLocks
public func runStage(_ start: Child) -> Never {
    var child = start
    closeForeign(child)
    var index = 0
    while unsafe index < child.steps.count {
        let result = unsafe run(child.steps[index], &child)
        if result < 0 {
            tell(child, Report(subject: Int32(truncatingIfNeeded: index), value: 0 - result))
            terminate(126)
        }
        index += 1
    }
    terminate(0)
}

/// Closes what the parent has open for itself: locks, logs and connections must end when it ends, though the child may wait at
/// its gate for days.
@_noAllocation @_noLocks
private func closeForeign(_ child: Child) {
    for index in unsafe 0..<child.foreign.count {
        let range = unsafe child.foreign[index]
        _ = closeRange(range.first, range.last, 0)
    }
}

/// Sends a report; nobody is left to tell if that fails.
@_noAllocation @_noLocks
func tell(_ child: Child, _ report: Report) {
    var bytes = report
    _ = unsafe write(child.reportFD, &bytes, MemoryLayout<Report>.size)
}

/// Sends a report and waits for the parent's answer. A parent that is gone means there is nothing to go on for.
@_noAllocation @_noLocks
func ask(_ child: Child, _ report: Report) -> Result {
    tell(child, report)
    return hear(child)
}

/// Waits for the parent's answer.
@_noAllocation @_noLocks
func hear(_ child: Child) -> Result {
    var answer: UInt8 = 0
    let count = retry { unsafe read(child.fd(.sync), &answer, 1) }
    if count == 1 { return 0 }
    terminate(127)
}

/// Makes a call again while a signal interrupts it.
@_noAllocation @_noLocks @inline(__always)
func retry(_ call: () -> Int) -> Int {
    var result = call()
    while result == -Int(EINTR) { result = call() }
    return result
}
