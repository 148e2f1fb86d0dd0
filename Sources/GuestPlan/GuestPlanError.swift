/// Why a configuration cannot be that of a container in a virtual machine: which field, and what is wrong with it.
public struct GuestPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A JSON pointer into config.json, such as `/mounts/3/source`.
    public let field: String
    public let problem: String

    public init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }

    public var description: String { "config.json: \(field): \(problem)" }
}
