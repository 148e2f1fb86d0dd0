/// Why bytes are no D-Bus message.
struct Malformed: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }
}

/// Takes values out of bytes that somebody else wrote, in either byte order: nothing is believed that the bytes do not bear out.
struct Decoder {
    enum Order { case little, big }

    private let bytes: ArraySlice<UInt8>
    private let order: Order
    /// From the beginning of `bytes`, to which all alignment refers.
    private(set) var position = 0
    private var depth = 0

    /// Twice the 32 arrays and 32 structures of the specification.
    private static let deepest = 64

    init(_ bytes: ArraySlice<UInt8>, _ order: Order) {
        self.bytes = bytes
        self.order = order
    }

    mutating func pad(to boundary: Int) throws(Malformed) {
        let next = (position + boundary - 1) / boundary * boundary
        guard next <= bytes.count else { throw Malformed("ends within its padding") }
        position = next
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(Malformed) -> Number {
        let size = Number.bitWidth / 8
        try pad(to: size)
        var result: Number = 0
        for (index, byte) in try take(size).enumerated() {
            let place = order == .little ? index : size - 1 - index
            result |= Number(truncatingIfNeeded: byte) << (place * 8)
        }
        return result
    }

    /// Values of all the types that `signature` lists.
    mutating func values(_ signature: String) throws(Malformed) -> [BusValue] {
        var rest = signature[...].utf8
        var values: [BusValue] = []
        while !rest.isEmpty { values.append(try value(try nextType(&rest))) }
        return values
    }

    private mutating func value(_ type: Substring.UTF8View) throws(Malformed) -> BusValue {
        switch type.first {
        case UInt8(ascii: "y"): return .byte(try number(UInt8.self))
        case UInt8(ascii: "b"): return .boolean(try number(UInt32.self) != 0)
        case UInt8(ascii: "n"): return .int16(try number(Int16.self))
        case UInt8(ascii: "q"): return .uint16(try number(UInt16.self))
        case UInt8(ascii: "i"): return .int32(try number(Int32.self))
        // A descriptor is a number among those that came along; none is ever asked for.
        case UInt8(ascii: "u"), UInt8(ascii: "h"): return .uint32(try number(UInt32.self))
        case UInt8(ascii: "x"): return .int64(try number(Int64.self))
        case UInt8(ascii: "t"): return .uint64(try number(UInt64.self))
        case UInt8(ascii: "d"): return .double(Double(bitPattern: try number(UInt64.self)))
        case UInt8(ascii: "s"): return .string(try text(Int(try number(UInt32.self))))
        case UInt8(ascii: "o"): return .objectPath(try text(Int(try number(UInt32.self))))
        case UInt8(ascii: "g"): return .signature(try text(Int(try number(UInt8.self))))
        default: return try nested(type)
        }
    }

    private mutating func nested(_ type: Substring.UTF8View) throws(Malformed) -> BusValue {
        depth += 1
        guard depth <= Self.deepest else { throw Malformed("is nested more than \(Self.deepest) deep") }
        defer { depth -= 1 }
        switch type.first {
        case UInt8(ascii: "a"): return try array(type.dropFirst())
        case UInt8(ascii: "v"):
            let signature = try text(Int(try number(UInt8.self)))
            var rest = signature[...].utf8
            let inner = try nextType(&rest)
            guard rest.isEmpty else { throw Malformed("has a variant of several values") }
            return .variant(try value(inner))
        default:
            try pad(to: 8)
            let isEntry = type.first == UInt8(ascii: "{")
            let members = try values(String(Substring(type.dropFirst().dropLast())))
            guard isEntry else { return .structure(members) }
            guard members.count == 2 else { throw Malformed("has an entry of \(members.count) values") }
            return .entry(members[0], members[1])
        }
    }

    private mutating func array(_ element: Substring.UTF8View) throws(Malformed) -> BusValue {
        let length = Int(try number(UInt32.self))
        try pad(to: alignment(element))
        guard length <= bytes.count - position else { throw Malformed("has an array that does not fit into it") }
        let end = position + length
        var elements: [BusValue] = []
        while position < end { elements.append(try value(element)) }
        guard position == end else { throw Malformed("has an array that ends within an element") }
        return .array(of: String(Substring(element)), elements)
    }

    private mutating func text(_ length: Int) throws(Malformed) -> String {
        let content = try take(length)
        guard try take(1).first == 0 else { throw Malformed("has a text without an end") }
        guard !content.contains(0), let text = String(validating: content, as: UTF8.self) else {
            throw Malformed("has a text that is not UTF-8")
        }
        return text
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw Malformed("ends too early") }
        let start = bytes.startIndex + position
        position += count
        return bytes[start..<start + count]
    }
}

/// Takes the first complete type off a signature.
private func nextType(_ rest: inout Substring.UTF8View) throws(Malformed) -> Substring.UTF8View {
    var closing: [UInt8] = []
    var index = rest.startIndex
    while index < rest.endIndex {
        let code = rest[index]
        index = rest.index(after: index)
        switch code {
        case UInt8(ascii: "a"): continue
        case UInt8(ascii: "("): closing.append(UInt8(ascii: ")"))
        case UInt8(ascii: "{"): closing.append(UInt8(ascii: "}"))
        case UInt8(ascii: ")"), UInt8(ascii: "}"):
            guard closing.popLast() == code else { throw Malformed("has a signature whose brackets do not match") }
        case _ where "ybnqiuxtdsogvh".utf8.contains(code): break
        default: throw Malformed("has a signature with an unknown type")
        }
        guard closing.isEmpty else { continue }
        let type = rest[..<index]
        guard type.count > 2 || type.last != UInt8(ascii: ")") else { throw Malformed("has an empty structure") }
        rest = rest[index...]
        return type
    }
    throw Malformed("has a signature that ends too early")
}
