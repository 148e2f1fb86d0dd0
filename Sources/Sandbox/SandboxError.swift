internal import AgentProtocol
internal import Kernel

/// Why something about a container in a virtual machine failed.
public enum SandboxError: Error, Hashable, Sendable {
    /// In one sentence.
    case failed(String)
    /// The machine has ended, or can be relied on no more; with why.
    case lost(String)
    /// Whoever had it done is gone: nothing is to be left.
    case abandoned
}

extension SandboxError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .failed(let text), .lost(let text): text
        case .abandoned: "the runtime has ended before it was done"
        }
    }
}

/// Does `body`, whose refusal is one of `step`.
@discardableResult
func step<Result: ~Copyable>(_ step: @autoclosure () -> String, _ body: () throws(SyscallError) -> Result) throws(SandboxError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .failed("\(step()): \(error)") }
}

/// Does `body`: after an error of the protocol nothing more can be said to the machine.
func following<Result>(_ body: () throws(ProtocolError) -> Result) throws(SandboxError) -> Result {
    do throws(ProtocolError) { return try body() } catch { throw .lost("\(error)") }
}
