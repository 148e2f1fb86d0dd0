/// One JSON value (RFC 8259), as it stood in the text.
public enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The literal text, such as `18446744073709551615` or `1e3`: nothing is rounded.
    case number(String)
    case string(String)
    case array([Value])
    /// Members in their order, keys unique byte for byte.
    case object([Member])

    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }
}

extension Value {
    /// The member called `key` of an object; nil where there is none, or this is no object.
    public subscript(key: String) -> Value? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.key.isSame(as: key) { return member.value }
        return nil
    }
}

extension String {
    /// Byte for byte: Swift's `==` takes canonically equivalent texts, such as K and the Kelvin sign, for one.
    public func isSame(as other: String) -> Bool {
        self == other && utf8.elementsEqual(other.utf8)
    }
}
