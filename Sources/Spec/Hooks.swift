/// `hooks` (runtime-spec config.md).
public struct Hooks: Hashable, Sendable {
    public var prestart: [Hook] = []
    public var createRuntime: [Hook] = []
    public var createContainer: [Hook] = []
    public var startContainer: [Hook] = []
    public var poststart: [Hook] = []
    public var poststop: [Hook] = []

    public init() {}
}

public struct Hook: Hashable, Sendable {
    /// Absolute.
    public var path = ""
    /// argv, with argv[0]; `[path]` where config.json has none.
    public var arguments: [String] = []
    /// nil: what the place of execution implies (runtime's own, or the container process's).
    public var environment: [String]?
    /// Seconds, more than 0; nil: no limit.
    public var timeout: UInt32?

    public init() {}
}
