import CLinux

/// Whether this kernel knows every one of `flags` (SECCOMP_FILTER_FLAG_*), together.
///
/// The corresponding system call is `seccomp(2)`: with SECCOMP_SET_MODE_FILTER and no program it loads nothing, and flags are
/// looked at first: EFAULT means known, EINVAL unknown. WAIT_KILLABLE_RECV is valid only beside NEW_LISTENER.
public func kernelKnows(seccompFlags flags: UInt32) -> Bool {
    clinux_seccomp(UInt32(SECCOMP_SET_MODE_FILTER), flags, nil) == -EFAULT
}

/// Whether this kernel knows `action` (SECCOMP_RET_*, without its data).
///
/// The corresponding system call is `seccomp(2)` with SECCOMP_GET_ACTION_AVAIL, which changes nothing.
public func kernelKnows(seccompAction action: UInt32) -> Bool {
    var action = action
    return unsafe clinux_seccomp(UInt32(SECCOMP_GET_ACTION_AVAIL), 0, &action) == 0
}
