public import Kernel

/// Why a network could not be read, made or connected.
public enum NetworkError: Error, Hashable, Sendable {
    /// The kernel refused `step`; `reason` is what it said beside the number, empty where it said nothing.
    case refused(step: String, Errno, reason: String)
    case system(SyscallError)
    /// What came from the kernel makes no sense, or is more than there can be.
    case unintelligible(String)
    /// A network interface is none that a sandbox can have.
    case interface(String, problem: String)
    /// What the guest is told of its network is not what it should be.
    case facts(String)
    /// A network interface with this hardware address did not appear in time.
    case missing(HardwareAddress)
}

extension NetworkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let step, let errno, ""): "network: \(step): \(errno)"
        case .refused(let step, let errno, let reason): "network: \(step): \(errno): \(reason)"
        case .system(let error): "network: \(error)"
        case .unintelligible(let problem): "network: netlink: \(problem)"
        case .interface(let name, let problem): "network interface \(name) \(problem)"
        case .facts(let problem): "network: \(problem)"
        case .missing(let address): "network: no interface with the hardware address \(address) has appeared"
        }
    }
}

/// Does `body`, a call of the kernel's that is not netlink's.
func system<Result: ~Copyable>(_ body: () throws(SyscallError) -> Result) throws(NetworkError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .system(error) }
}
