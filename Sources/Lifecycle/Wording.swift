internal import Store

/// Runs `body` and puts its error into a verb's words.
func failing<Failure: Error & CustomStringConvertible, Result: ~Copyable>(
    _ body: () throws(Failure) -> Result
) throws(LifecycleError) -> Result {
    do throws(Failure) { return try body() } catch { throw LifecycleError("\(error)") }
}

extension Runtime {
    func containerID(_ text: String) throws(LifecycleError) -> ContainerID {
        try failing { () throws(StoreError) in try ContainerID(text) }
    }
}
