internal import JSON
internal import Kernel
internal import Lifecycle
internal import SandboxNetwork

/// Gives the guest its links, addresses, routes and neighbours. In a worker.
func setNetwork(_ network: Value) throws(LifecycleError) -> Outcome {
    do throws(NetworkError) {
        try NetworkFacts(json: network).apply(until: .after(.seconds(30)))
    } catch { throw LifecycleError("\(error)") }
    return Outcome()
}
