/// A container's status (runtime-spec runtime.md, and `paused`).
public enum Status: String, Hashable, Sendable {
    case creating, created, running, paused, stopped
}

/// The state of a container: what `state` prints and hooks read on stdin (runtime-spec runtime.md).
public struct State: Hashable, Sendable {
    public var id = ""
    public var status = Status.creating
    /// 0: none.
    public var pid: Int32 = 0
    /// Absolute.
    public var bundle = ""
    public var annotations: [Annotation] = []

    public init() {}
}
