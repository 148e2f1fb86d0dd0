public import JSON

/// What is wrong with which document: `config.json: /process/cwd: must be an absolute path, found "tmp"`.
public struct SpecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The document's name in messages, such as `config.json`.
    public let document: String
    public let fault: JSONError

    public init(_ document: String, _ fault: JSONError) {
        self.document = document
        self.fault = fault
    }

    public var description: String { "\(document): \(fault)" }
}

/// Runs `body`, naming `document` in its error.
func reading<Result>(_ document: String, _ body: () throws(JSONError) -> Result) throws(SpecError) -> Result {
    do throws(JSONError) {
        return try body()
    } catch {
        throw SpecError(document, error)
    }
}
