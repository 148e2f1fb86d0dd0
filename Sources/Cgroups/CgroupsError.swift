public import Kernel

/// Why a container's cgroup, or a limit of it, cannot be had.
public enum CgroupsError: Error, Hashable, Sendable {
    /// The member of config.json at `path` (such as `/linux/resources/memory/limit`) cannot be honoured.
    case config(path: String, problem: String)
    /// The kernel refused the value that a member of config.json asks for.
    case write(Write, cgroup: String, Errno)
    /// This host has no cgroup v2 that could be used.
    case unavailable(String)
    /// The cgroup that a new container should get has processes already.
    case notEmpty(processes: Int)
    /// The cgroup that a new container should get would stop it at once.
    case frozen
    /// What the kernel refused, while `step` was being done.
    case refused(step: String, SyscallError)
    /// A wait came to its end; `awaited` says what did not happen.
    case timedOut(cgroup: String, awaited: String)
}

extension CgroupsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .config(let path, let problem): "config.json: \(path): \(problem)"
        case .write(let write, let cgroup, let errno):
            "config.json: \(write.field): the kernel refused to write \"\(write.value)\" to \(cgroup)/\(write.file): \(errno)"
        case .unavailable(let reason): "cgroup v2: \(reason)"
        // Engines know the words of runc.
        case .notEmpty(let processes): "container's cgroup is not empty: \(processes) process(es) found"
        case .frozen: "container's cgroup unexpectedly frozen"
        case .refused(let step, let error): "\(step): \(error)"
        case .timedOut(let cgroup, let awaited): "cgroup \(cgroup): \(awaited)"
        }
    }
}

/// Does `body` as one named step.
func step<Result: ~Copyable>(
    _ name: @autoclosure () -> String, _ body: () throws(SyscallError) -> Result
) throws(CgroupsError) -> Result {
    do throws(SyscallError) {
        return try body()
    } catch {
        throw .refused(step: name(), error)
    }
}
