import Spec

/// What an action answers when the rule gives no `errnoRet`, as runc: EPERM, for traced calls too.
private let defaultErrno: UInt32 = 1
/// MAX_ERRNO of the kernel, which lowers what is above it.
private let largestErrno: UInt32 = 4095

/// The SECCOMP_RET_* value of an action; libseccomp's SCMP_ACT_* are the same numbers.
///
/// Throws when a value accompanies an action that takes none (runtime-spec config-linux.md) or does not fit.
func answer(
    _ action: Seccomp.Action, _ errno: UInt32?, _ errnoPath: @autoclosure () -> String
) throws(FilterError) -> UInt32 {
    let largest: UInt32
    switch action {
    case .errno: largest = largestErrno
    case .trace: largest = 0xffff
    default:
        guard errno == nil else {
            throw .config(path: errnoPath(), problem: "must not be set: \(action.rawValue) takes no value")
        }
        return action.kernelValue
    }
    let value = errno ?? defaultErrno
    guard value <= largest else {
        throw .config(path: errnoPath(), problem: "must be at most \(largest) for \(action.rawValue), found \(value)")
    }
    return action.kernelValue | value
}

extension Seccomp.Action {
    /// SECCOMP_RET_* without its data.
    var kernelValue: UInt32 {
        switch self {
        case .killProcess: 0x8000_0000
        case .kill, .killThread: 0
        case .trap: 0x0003_0000
        case .errno: 0x0005_0000
        case .notify: 0x7fc0_0000
        case .trace: 0x7ff0_0000
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    /// Lets the call happen, or leaves it to a tracer, who sees system calls of newer kernels as they are.
    var isPermissive: Bool { self == .allow || self == .log || self == .trace }
}
