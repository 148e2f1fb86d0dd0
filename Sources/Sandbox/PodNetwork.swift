internal import AgentProtocol
internal import Kernel
internal import Machine
internal import SandboxNetwork

/// The interfaces of the pod's network namespace, which is this process's, become the machine's.
final class PodNetwork {
    private let facts: NetworkFacts
    /// Those that the namespace hears nothing on any more.
    private var connected: [NetworkLink] = []

    /// As the namespace is now: engines add interfaces until `start`.
    init() throws(SandboxError) {
        facts = try networking { () throws(NetworkError) in try NetworkFacts.read() }
        guard facts.links.count <= RunningMachine.interfaceLimit else {
            throw .failed(
                "a virtual machine can have \(RunningMachine.interfaceLimit) network interfaces at most, not \(facts.links.count)")
        }
    }

    /// Plugs an interface for each into the machine. The result is what the guest is to make of them; nil: there is none.
    func plug(into hub: Hub) throws(SandboxError) -> Request? {
        guard !facts.links.isEmpty else { return nil }
        // Of all together: whoever else has to do with the machine waits as well.
        let deadline = Deadline.after(Patience.plug)
        for (port, link) in facts.links.enumerated() {
            let tap = try networking { () throws(NetworkError) in try connect(link) }
            connected.append(link)
            let interface = GuestInterface(link.name, mac: link.hardwareAddress.bytes, mtu: link.mtu)
            try knowing { () throws(MachineError) in try hub.machine.plug(interface, in: port, tap: tap, until: deadline) }
        }
        return .setNetwork(facts.json)
    }

    /// The machine is gone: the interfaces are the namespace's again, for whoever has it next.
    func giveBack() {
        for link in connected {
            // One that cannot be given back is nobody's, and goes with its namespace.
            do throws(NetworkError) { try disconnect(link) } catch { continue }
        }
        connected = []
    }
}

private func networking<Result: ~Copyable>(_ body: () throws(NetworkError) -> Result) throws(SandboxError) -> Result {
    do throws(NetworkError) { return try body() } catch { throw .failed("the pod's network: \(error)") }
}
