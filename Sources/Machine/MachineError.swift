public import JSON
public import Kernel
public import Launch

/// Why a virtual machine cannot be had, or is no more.
public enum MachineError: Error, Hashable, Sendable {
    /// The path of a file with settings, and what is wrong with it.
    case settings(String, JSONError)
    /// Something the machine needs is missing or not what it must be.
    case unfit(String)
    /// What was being done, and the refusal.
    case refused(String, SyscallError)
    /// A program of the host did not come up, or the holder of a user namespace.
    case program(LaunchError)
    /// Which program ended, how, and what it, or the guest's kernel, had said at last (`RunningMachine.lastWords`).
    case ended(String, ExitStatus, console: String)
    /// QEMU's monitor: the command, and its refusal or the rule that was broken.
    case monitor(String, String)
}

extension MachineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .settings(let path, let error): "\(path): \(error)"
        case .unfit(let text): text
        case .refused(let act, let error): "\(act): \(error)"
        case .program(let error): "\(error)"
        case .ended(let program, let status, let console): "\(program) ended: \(status)\(console)"
        case .monitor(let command, let problem): "QEMU's monitor: \(command): \(problem)"
        }
    }
}

/// Does `body` as one named step.
func step<Result: ~Copyable>(
    _ name: @autoclosure () -> String, _ body: () throws(SyscallError) -> Result
) throws(MachineError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .refused(name(), error) }
}
