import Kernel
import Spec

/// SECCOMP_FILTER_FLAG_NEW_LISTENER.
let newListener: UInt32 = 1 << 3

extension Seccomp.Flag {
    /// What seccomp(2) is given for it.
    ///
    /// TSYNC is nothing: the process that loads the filter has one thread, and beside NEW_LISTENER the kernel refuses it.
    var kernelValue: UInt32 {
        switch self {
        case .tsync: 0
        case .log: 1 << 1
        case .specAllow: 1 << 2
        case .waitKillableRecv: 1 << 5
        }
    }

    /// Whether the running kernel knows it.
    var isSupported: Bool {
        switch self {
        case .tsync: true
        case .log, .specAllow: kernelKnows(seccompFlags: kernelValue)
        // The kernel takes this one beside NEW_LISTENER only.
        case .waitKillableRecv: kernelKnows(seccompFlags: kernelValue | newListener)
        }
    }
}

/// The flags for seccomp(2); absent ones are SPEC_ALLOW where the kernel has it, as in runc.
func loadFlags(_ flags: [Seccomp.Flag]?, _ listener: Listener) throws(FilterError) -> UInt32 {
    guard let flags else {
        return (Seccomp.Flag.specAllow.isSupported ? Seccomp.Flag.specAllow.kernelValue : 0) | listener.rawValue
    }
    var result = listener.rawValue
    for (index, flag) in flags.enumerated() {
        guard flag.isSupported else {
            throw .config(path: "/linux/seccomp/flags/\(index)", problem: "this kernel does not know \(flag.rawValue)")
        }
        // How notifications are waited for means nothing where there are none, and the kernel would refuse it.
        if flag == .waitKillableRecv && listener == .none { continue }
        result |= flag.kernelValue
    }
    return result
}

/// Whether loading the filter makes a listener descriptor.
enum Listener: UInt32 {
    case none = 0
    case needed = 0b1000
}
