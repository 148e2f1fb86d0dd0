public import Kernel

/// Why `linux.seccomp` cannot become a filter.
public enum FilterError: Error, Hashable, Sendable {
    /// The member of config.json at `path` (such as `/linux/seccomp/syscalls/3/action`) cannot be honoured.
    case config(path: String, problem: String)
    /// libseccomp refused what `path` asks for.
    case library(path: String, call: String, Errno)
    /// The compiled program could not be read back.
    case program(SyscallError)
}

extension FilterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .config(let path, let problem): "config.json: \(path): \(problem)"
        case .library(let path, let call, let errno): "config.json: \(path): \(call): \(errno)"
        case .program(let error): "seccomp program: \(error)"
        }
    }
}
