internal import CLinux
public import Kernel
internal import Steps

/// Why a container did not come up.
public enum LaunchError: Error, Hashable, Sendable {
    /// The parent could not prepare what the child needs; `what` is a field of config.json or a part of the host.
    case prepare(String, SyscallError)
    /// Something that config.json names is not what it must be.
    case unfit(String)
    /// The child stopped at a step of its plan, named here in the plan's words.
    case step(String, Errno)
    /// The program cannot be executed.
    case program(String, Errno)
    /// A hook failed: its name, how, and what it printed.
    case hook(String, String, output: String)
    /// The child died without saying why.
    case childLost(ExitStatus)
}

extension LaunchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .prepare(let what, let error): what.isEmpty ? "\(error)" : "\(what): \(error)"
        case .unfit(let text): text
        case .step(let step, let errno): "\(step): \(errno)"
        case .program(let name, let errno): programText(name, errno)
        case .hook(let name, let end, let output):
            output.isEmpty ? "error running hook \(name): \(end)" : "error running hook \(name): \(end), output: \(output)"
        case .childLost(let status): "container init ended before it was ready: \(status)"
        }
    }
}

/// runc's words: engines turn them into exit codes 126 and 127.
private func programText(_ name: String, _ errno: Errno) -> String {
    switch errno {
    case .noEntry, .notDirectory:
        name.contains("/")
            ? "exec: \"\(name)\": stat \(name): no such file or directory"
            : "exec: \"\(name)\": executable file not found in $PATH"
    case .accessDenied, .notPermitted: "exec: \"\(name)\": permission denied"
    // What execve(2) answers to a directory; podman looks for it, docker for the first half.
    case .isDirectory: "exec: \"\(name)\": is a directory: permission denied"
    default: "exec: \"\(name)\": \(errno)"
    }
}

/// Puts a failure into words: the child has sent numbers only.
func failure(of step: Step, _ value: Int32, hookOutput: String) -> LaunchError {
    switch step {
    case .findProgram(let program):
        // Of a search in $PATH runc tells no more than that nothing was found: what is in the way may be another program's.
        let name = "\(program.name)"
        return .program(name, name.contains("/") ? Errno(rawValue: value) : .noEntry)
    case .execute(let program): return .program("\(program.name)", Errno(rawValue: value))
    case .runHook(let hook), .executeHook(let hook):
        return .hook("\(hook.kind) \(hook.path)", hookEnd(value), output: hookOutput)
    default: return .step("\(step)", Errno(rawValue: value))
    }
}

/// How a hook inside the container ended, from the number that tells it.
func hookEnd(_ value: Int32) -> String {
    let end = value - Report.hookEnd
    if end >= Report.hookSignaled { return "signal: \(Signal(rawValue: end - Report.hookSignaled))" }
    if end >= 0 { return "exit status \(end)" }
    return value == ETIME ? "timed out" : "\(Errno(rawValue: value))"
}
