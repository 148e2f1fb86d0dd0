public import JSON

// JSON pointers (RFC 6901), for tests that take a good document and change one thing.
extension Value {
    /// The value at `pointer`, such as `/process/args/0`.
    public func at(_ pointer: String) -> Value? {
        var value = self
        for token in tokens(pointer) {
            switch value {
            case .object:
                guard let member = value[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Int(token), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// Puts `value` at `pointer`; missing objects on the way are made, `-` is the place behind an array's last element.
    public mutating func set(_ pointer: String, _ value: Value) { self = replaced(tokens(pointer)[...], value) }

    /// Puts `value` behind the last element of the array at `pointer`, which is made where it is missing.
    public mutating func append(_ pointer: String, _ value: Value) {
        let list = at(pointer)?.array ?? []
        set(pointer, .array(list + [value]))
    }

    public mutating func remove(_ pointer: String) { self = replaced(tokens(pointer)[...], nil) }

    private func replaced(_ path: ArraySlice<String>, _ value: Value?) -> Value {
        guard let token = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        if case .array(var elements) = self {
            if token == "-" {
                if let value { elements.append(Value.null.replaced(rest, value)) }
            } else if let index = Int(token), elements.indices.contains(index) {
                if rest.isEmpty && value == nil { elements.remove(at: index) } else { elements[index] = elements[index].replaced(rest, value) }
            }
            return .array(elements)
        }
        var members: [Member] = []
        if case .object(let own) = self { members = own }
        if let place = members.firstIndex(where: { $0.key == token }) {
            if rest.isEmpty && value == nil { members.remove(at: place) } else { members[place].value = members[place].value.replaced(rest, value) }
        } else if value != nil {
            members.append(Member(token, Value.null.replaced(rest, value)))
        }
        return .object(members)
    }
}

extension Value {
    /// The document of this text, which has to be JSON: arguments of tests are texts, since a tree of values takes long to describe.
    public init(json text: String) throws { self = try parse(Array(text.utf8)) }

    public var string: String? { if case .string(let text) = self { text } else { nil } }

    public var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }

    public var unsigned: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }

    public var array: [Value]? { if case .array(let values) = self { values } else { nil } }

    /// The strings of an array; empty for anything else.
    public var strings: [String] { array?.compactMap(\.string) ?? [] }

    public var keys: [String] { if case .object(let members) = self { members.map(\.key) } else { [] } }
}

private func tokens(_ pointer: String) -> [String] {
    pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
        $0.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
            .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
    }
}
