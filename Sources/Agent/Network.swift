internal import JSON
internal import Lifecycle

/// Gives the guest its links, addresses, routes and neighbours. In a worker.
func setNetwork(_ network: Value) throws(LifecycleError) -> Outcome {
    throw LifecycleError("the guest's network cannot be set")
}
