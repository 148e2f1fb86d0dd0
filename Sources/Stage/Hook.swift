internal import CLinux
internal import Steps

/// Runs a hook in the container's namespaces, the state on its standard input, and waits for its end or its deadline.
///
/// The state is a file and no pipe: nothing waits for a hook to read it.
@_noAllocation @_noLocks
func runHook(_ step: HookStep, _ child: Child) -> Result {
    let state = child.fd(step.state)
    var result = writeProcessID(state, at: step.pidOffset)
    if result < 0 { return result }
    var pidfd: Int32 = -1
    var pid = clone(0, signal: Int32(CLINUX_SIGCHLD), &pidfd)
    // docker's profile refuses clone3, whose arguments no filter can see.
    if pid == -ENOSYS { pid = fork(signal: Int32(CLINUX_SIGCHLD), &pidfd) }
    if pid == 0 { becomeHook(step, child) }
    if pid < 0 { return pid }
    result = waitForHook(pidfd, step.timeout)
    _ = close(pidfd)
    return result
}

/// Puts this process's pid, as it is called in its own namespace, where the state leaves room for it, and rewinds.
@_noAllocation @_noLocks
private func writeProcessID(_ state: Int32, at offset: Int) -> Result {
    var number = processID()
    var room = InlineArray<10, UInt8>(repeating: UInt8(ascii: " "))
    var position = 9
    repeat {
        room[position] = UInt8(truncatingIfNeeded: 48 + number % 10)
        number /= 10
        position -= 1
    } while number > 0
    var span = room.mutableSpan
    let written = unsafe span.withUnsafeMutableBytes { bytes in
        unsafe writeAt(state, bytes.baseAddress!, 10, offset)
    }
    return written < 0 ? Int32(truncatingIfNeeded: written) : rewind(state)
}

@_noAllocation @_noLocks
private func becomeHook(_ step: HookStep, _ child: Child) -> Never {
    _ = executeHook(step, child)
    terminate(127)
}

/// The state on standard input, what it prints to the parent, and nothing else of ours.
@_noAllocation @_noLocks
func executeHook(_ step: HookStep, _ child: Child) -> Result {
    var result = duplicate(child.fd(step.state), as: 0)
    let output = child.fd(.hookOutput)
    if output >= 0 {
        if result >= 0 { result = duplicate(output, as: 1) }
        if result >= 0 { result = duplicate(output, as: 2) }
    }
    if result >= 0 { result = closeRange(3, UInt32.max, UInt32(CLOSE_RANGE_CLOEXEC)) }
    if result >= 0 { result = resetSignals() }
    return result < 0 ? result : unsafe execute(step.path.pointer, step.arguments, step.environment)
}

/// 0 for a hook that ended well; -ETIME past its deadline; else its end, as a report tells it.
@_noAllocation @_noLocks
private func waitForHook(_ pidfd: Int32, _ timeout: Int64) -> Result {
    var end = clinux_exit()
    if timeout > 0 {
        var fd = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        var time = __kernel_timespec(tv_sec: timeout / 1_000_000_000, tv_nsec: timeout % 1_000_000_000)
        let ready = retry { Int(poll(&fd, &time)) }
        if ready < 0 { return Int32(truncatingIfNeeded: ready) }
        if ready == 0 {
            _ = signal(pidfd, Int32(CLINUX_SIGKILL))
            _ = retry { Int(wait(pidfd, &end)) }
            return -ETIME
        }
    }
    let waited = retry { Int(wait(pidfd, &end)) }
    if waited < 0 { return Int32(truncatingIfNeeded: waited) }
    let isExit = end.code == Int32(CLINUX_CLD_EXITED)
    if isExit && end.status == 0 { return 0 }
    return 0 - (Report.hookEnd + (isExit ? 0 : Report.hookSignaled) + end.status)
}
