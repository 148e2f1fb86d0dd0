internal import CLinux
internal import Steps

/// Runs a hook in the container's namespaces, the state on its standard input, and waits for its end or its deadline.
@_noAllocation @_noLocks
func runHook(_ step: HookStep, _ child: Child) -> Result {
    writeProcessID(step)
    var input: (Int32, Int32) = (-1, -1)
    var result = pipe(&input)
    if result < 0 { return result }
    var pidfd: Int32 = -1
    let pid = clone(0, signal: Int32(CLINUX_SIGCHLD), &pidfd)
    if pid == 0 { becomeHook(step, input.0, child) }
    _ = close(input.0)
    if pid < 0 {
        _ = close(input.1)
        return pid
    }
    // A hook that does not read its input is no failure; SIGPIPE is blocked.
    _ = retry { unsafe write(input.1, step.state.pointer, step.state.count) }
    _ = close(input.1)
    result = waitForHook(pidfd, step.timeout)
    _ = close(pidfd)
    return result
}

/// Puts this process's pid, as it is called in its own namespace, where the state leaves room for it.
@_noAllocation @_noLocks
private func writeProcessID(_ step: HookStep) {
    var number = processID()
    var position = step.pidOffset + 9
    repeat {
        unsafe step.state.pointer[position] = UInt8(truncatingIfNeeded: 48 + number % 10)
        number /= 10
        position -= 1
    } while number > 0
}

@_noAllocation @_noLocks
private func becomeHook(_ step: HookStep, _ input: Int32, _ child: Child) -> Never {
    var result = duplicate(input, as: 0)
    let output = child.fd(.hookOutput)
    if output >= 0 {
        if result >= 0 { result = duplicate(output, as: 1) }
        if result >= 0 { result = duplicate(output, as: 2) }
    }
    if result >= 0 { result = closeRange(3, UInt32.max, UInt32(CLOSE_RANGE_CLOEXEC)) }
    if result >= 0 { result = resetSignals() }
    if result >= 0 { _ = unsafe execute(step.path.pointer, step.arguments, step.environment) }
    terminate(127)
}

/// 0 for a hook that ended well; -ETIME past its deadline, -ECHILD for a bad end.
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
    // CLD_EXITED is 1.
    return end.code == 1 && end.status == 0 ? 0 : -ECHILD
}
