extension Value: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
}

extension Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral number: Int64) { self = .number(String(number)) }
}

extension Value: ExpressibleByBooleanLiteral {
    public init(booleanLiteral bool: BooleanLiteralType) { self = .bool(bool) }
}

extension Value: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
}

extension Value: ExpressibleByDictionaryLiteral {
    /// The keys must be unique.
    public init(dictionaryLiteral members: (String, Value)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
}

extension Value {
    public init(_ number: some BinaryInteger) { self = .number(String(number)) }

    public init(_ strings: [String]) { self = .array(strings.map { .string($0) }) }
}
