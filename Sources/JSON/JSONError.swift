/// What is wrong with a document.
public enum JSONError: Error, Hashable, Sendable {
    /// Larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// Not JSON. Line and column count from 1, columns in characters.
    case syntax(line: Int, column: Int, problem: String)
    /// JSON, but the value at `path` (a JSON pointer, RFC 6901; empty: the whole document) is not what it has to be.
    case value(path: String, problem: String)
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let limit): "is larger than \(limit) bytes"
        case .syntax(let line, let column, let problem): "line \(line), column \(column): \(problem)"
        case .value("", let problem): problem
        case .value(let path, let problem): "\(path): \(problem)"
        }
    }
}
