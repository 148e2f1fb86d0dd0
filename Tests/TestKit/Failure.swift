/// Why a test cannot go on: what was waited for or asked of the machine, and what came.
public struct Failure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
