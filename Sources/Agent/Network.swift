internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Lifecycle
internal import Plan
internal import SandboxNetwork

/// Gives the guest its links, addresses, routes and neighbours. In a worker.
func setNetwork(_ network: Value) throws(LifecycleError) -> Outcome {
    let facts: NetworkFacts
    do throws(NetworkError) { facts = try NetworkFacts(json: network) } catch { throw LifecycleError("\(error)") }
    if !facts.links.isEmpty { try findDevices() }
    do throws(NetworkError) { try facts.apply(until: .after(.seconds(30))) } catch { throw LifecycleError("\(error)") }
    return Outcome()
}

/// The host has plugged the interfaces in before it told of them. On a busy machine one has been seen not to appear by itself.
private func findDevices() throws(LifecycleError) {
    do throws(SyscallError) {
        try ignoring(.noEntry) { () throws(SyscallError) in try write("1", to: "/sys/bus/pci/rescan") }
    } catch { throw LifecycleError("look for interfaces: \(error)") }
}

/// Sets parameters of the guest's network.
func setSysctls(_ parameters: [Value.Member]) -> Answer {
    for parameter in parameters {
        let field = "config.json: /linux/sysctl: \(parameter.key)"
        let path = sysctlPath(parameter.key)
        let isClean = !path.split(separator: "/", omittingEmptySubsequences: false).contains { ["", ".", ".."].contains($0) }
        guard isClean, path.hasPrefix("net/"), case .string(let value) = parameter.value else {
            return .failed("\(field): is none of the network")
        }
        do throws(SyscallError) { try write(value, to: "/proc/sys/" + path) } catch { return .failed("\(field): \(error)") }
    }
    return .done(.null)
}
