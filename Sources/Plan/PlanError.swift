/// Why a configuration cannot become a plan: which field, and what is wrong with it.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A JSON pointer into config.json, such as `/mounts/3/options/1`.
    public let field: String
    public let problem: String

    public init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }

    public var description: String { "config.json: \(field): \(problem)" }
}
