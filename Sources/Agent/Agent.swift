internal import Kernel

/// The first process of a sandbox's guest: to the runtime there what an engine's shim is to the runtime on a host.
///
/// It reaps and plumbs, and has children of its own call the same verbs. One thread, one loop. The machine ends with it.
public enum Agent {
    /// The kernel's first process is this program under this name.
    public static let path = "/init"

    /// Whether this process is the first one of a guest. The kernel gives it its name as argument, which cannot be read without /proc.
    public static func isNeeded(_ arguments: [String]) -> Bool {
        ownPID() == 1 && (arguments.isEmpty || arguments[0] == path)
    }

    /// Serves the host until it is gone or wants the machine off.
    public static func main() -> Never {
        do throws(AgentError) {
            try setUpGuest()
            let service = try Service(link: try Link(port: openPort(portName)))
            try service.run()
        } catch { report(error) }
        do throws(SyscallError) { try powerOff() } catch { report(.guest("switch the machine off", error)) }
        // The kernel panics when its first process ends, and by its command line that ends the machine.
        exitProcess(1)
    }

    private static let portName = "agent"

    /// The kernel's log goes to the console, which the host keeps.
    private static func report(_ error: AgentError) {
        do throws(SyscallError) { try write("<3>agent: \(error)\n", to: "/dev/kmsg") } catch { _ = error }
    }
}

/// Why the guest ends before the host wanted it to.
enum AgentError: Error {
    /// Something of the guest could not be made or used.
    case guest(String, SyscallError)
    /// The host's end of the line is closed.
    case hostGone
    /// The host broke the rules of the protocol.
    case host(String)
}

extension AgentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .guest(let step, let error): "\(step): \(error)"
        case .hostGone: "the host has hung up"
        case .host(let problem): problem
        }
    }
}

/// Does `body`, whose refusal ends the guest.
@discardableResult
func step<Result: ~Copyable>(_ name: String, _ body: () throws(SyscallError) -> Result) throws(AgentError) -> Result {
    do throws(SyscallError) { return try body() } catch { throw .guest(name, error) }
}
