/// The verbs, over the containers of one root directory.
public struct Runtime: Sendable {
    public let settings: Settings

    public init(_ settings: Settings) { self.settings = settings }
}

/// Why a verb failed: one sentence, outermost fact first, in runc's words where callers match them.
public struct LifecycleError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
