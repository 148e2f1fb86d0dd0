/// A value and where it is in its document: typed access whose errors name the place, what was expected and what was found.
///
/// `null` for a member is the same as its absence, as Go's decoder has taught every writer of these documents.
public struct Reader: Sendable {
    private indirect enum Place: Sendable {
        case document
        case member(Place, String)
        case element(Place, Int)
    }

    public let value: Value
    private let place: Place

    public init(_ document: Value) {
        value = document
        place = .document
    }

    private init(_ value: Value, at place: Place) {
        self.value = value
        self.place = place
    }

    /// JSON pointer (RFC 6901), such as `/process/args/0`; control characters are escaped as in JSON.
    public var path: String {
        var tokens: [String] = []
        var place = place
        while true {
            switch place {
            case .document:
                return tokens.reversed().map { "/" + $0 }.joined()
            case .member(let outer, let key):
                tokens.append(pointerToken(key))
                place = outer
            case .element(let outer, let index):
                tokens.append(String(index))
                place = outer
            }
        }
    }

    /// The error that this value is faulty: `/hostname: contains a NUL byte`.
    public func fault(_ problem: String) -> JSONError { .value(path: path, problem: problem) }

    /// The error that this value is something else: `/process/cwd: must be an absolute path, found "tmp"`.
    public func mustBe(_ expected: String) -> JSONError { fault("must be \(expected), found \(value.brief)") }

    /// The error that this object's member `key`, there or not, is faulty: `/root/path: is required`.
    public func fault(at key: String, _ problem: String) -> JSONError {
        Reader(.null, at: .member(place, key)).fault(problem)
    }
}

extension Reader {
    /// The member `key` of this object; nil where it is absent or null.
    public func member(_ key: String) throws(JSONError) -> Reader? {
        guard case .object(let members) = value else { throw mustBe("an object") }
        for member in members where member.key.isSame(as: key) {
            return member.value == .null ? nil : Reader(member.value, at: .member(place, key))
        }
        return nil
    }

    public func required(_ key: String) throws(JSONError) -> Reader {
        guard let member = try member(key) else { throw fault(at: key, "is required") }
        return member
    }

    /// All members of this object, for one whose keys are data. No key holds a NUL.
    public func members() throws(JSONError) -> [(key: String, reader: Reader)] {
        guard case .object(let members) = value else { throw mustBe("an object") }
        var readers: [(key: String, reader: Reader)] = []
        readers.reserveCapacity(members.count)
        for member in members {
            let reader = Reader(member.value, at: .member(place, member.key))
            if member.key.utf8.contains(0) { throw reader.fault("the key contains a NUL byte") }
            readers.append((member.key, reader))
        }
        return readers
    }

    /// Refuses members that are none of `keys`.
    public func only(_ keys: String...) throws(JSONError) {
        for (key, reader) in try members() where !keys.contains(where: { $0.isSame(as: key) }) { throw reader.fault("is unknown") }
    }

    public func elements() throws(JSONError) -> [Reader] {
        guard case .array(let values) = value else { throw mustBe("an array") }
        var readers: [Reader] = []
        readers.reserveCapacity(values.count)
        for (index, value) in values.enumerated() { readers.append(Reader(value, at: .element(place, index))) }
        return readers
    }
}

extension Reader {
    /// A string without NUL: no path, name or argument of the kernel can hold one.
    public func string() throws(JSONError) -> String {
        guard case .string(let text) = value else { throw mustBe("a string") }
        if text.utf8.contains(0) { throw fault("contains a NUL byte") }
        return text
    }

    public func strings() throws(JSONError) -> [String] {
        guard case .array(let values) = value else { throw mustBe("an array") }
        var texts: [String] = []
        texts.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if case .string(let text) = value, !text.utf8.contains(0) {
                texts.append(text)
            } else {
                texts.append(try Reader(value, at: .element(place, index)).string())
            }
        }
        return texts
    }

    public func bool() throws(JSONError) -> Bool {
        guard case .bool(let bool) = value else { throw mustBe("true or false") }
        return bool
    }

    /// A number written as an integer (`1`, not `1.0` or `1e0`) within `range`.
    public func integer<Number: FixedWidthInteger & Sendable>(
        in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(JSONError) -> Number {
        guard case .number(let text) = value, let number = Number(text), range.contains(number) else {
            throw mustBe("an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value that `table` has for this string.
    public func choice<Choice>(_ table: [(name: String, value: Choice)]) throws(JSONError) -> Choice {
        if case .string(let text) = value {
            for row in table where row.name.isSame(as: text) { return row.value }
        }
        throw mustBe("one of \(table.map(\.name).joined(separator: ", "))")
    }

    /// The case whose raw value is this string.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(of _: Choice.Type) throws(JSONError) -> Choice {
        if case .string(let text) = value, let choice = Choice(rawValue: text), choice.rawValue.isSame(as: text) { return choice }
        throw mustBe("one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

private func pointerToken(_ key: String) -> String {
    var token = ""
    for scalar in key.unicodeScalars {
        switch scalar {
        case "~": token += "~0"
        case "/": token += "~1"
        default: appendEscaped(scalar, to: &token)
        }
    }
    return token
}
