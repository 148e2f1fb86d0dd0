/// What the other side said cannot be understood: nothing after it can be relied on.
public enum ProtocolError: Error, Hashable, Sendable {
    /// Not a frame, or one that may not come here.
    case malformed(String)
    /// A message that is not what it should be.
    case message(String)
    /// The other side speaks another version.
    case version(String)
}

extension ProtocolError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let what): "agent protocol: \(what)"
        case .message(let what): "agent protocol: message: \(what)"
        case .version(let what): "agent protocol: \(what)"
        }
    }
}
