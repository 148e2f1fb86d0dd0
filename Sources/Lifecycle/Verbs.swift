// Signatures only: bodies follow.

extension Runtime {
    /// Returns the warnings a careful user wants to know (shown with --debug, never an error).
    @discardableResult
    public func create(_ request: CreateRequest) throws(LifecycleError) -> [String] { throw LifecycleError("create: not built yet") }

    public func start(_ id: String) throws(LifecycleError) { throw LifecycleError("start: not built yet") }

    /// create and start; in the foreground waits, relays a terminal and signals, and deletes unless `keep`.
    /// Returns the exit code: the process's status in the foreground (128+n for signal n), 0 when detached.
    public func run(_ request: CreateRequest, afterwards: Afterwards) throws(LifecycleError) -> Int32 { throw LifecycleError("run: not built yet") }

    public enum Afterwards: Hashable, Sendable { case delete, keep }

    public func state(_ id: String) throws(LifecycleError) -> ContainerState { throw LifecycleError("state: not built yet") }

    /// `all`: the hidden --all of runc: an already stopped container is no error.
    public func kill(_ id: String, signal: Int32, _ scope: KillScope) throws(LifecycleError) { throw LifecycleError("kill: not built yet") }

    public enum KillScope: Hashable, Sendable { case initProcess, all }

    public func delete(_ id: String, _ force: Force) throws(LifecycleError) { throw LifecycleError("delete: not built yet") }

    public enum Force: Hashable, Sendable { case no, yes }

    public func list() throws(LifecycleError) -> Listing { throw LifecycleError("list: not built yet") }

    /// The plan of a bundle: text with one step a line, or JSON.
    public func plan(bundle: String, _ format: PlanFormat) throws(LifecycleError) -> String { throw LifecycleError("plan: not built yet") }

    public enum PlanFormat: String, CaseIterable, Hashable, Sendable { case text, json }
}
