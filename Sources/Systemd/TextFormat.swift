/// Why a text is no value.
struct TextFault: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }
}

/// Reads a value in GVariant's text format: truth values, numbers, strings, and arrays of them, with or without a type before them
/// (`true`, `5`, `uint64 5`, `'on'`, `['a', 'b']`, `@as []`).
func parseText(_ text: String) throws(TextFault) -> BusValue {
    var parser = TextParser(text)
    let value = try parser.value(as: nil, depth: 0)
    guard parser.isAtEnd else { throw TextFault("has something after its value") }
    return value
}

private struct TextParser {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    /// What GVariant calls types in words.
    private static let keywords: [String: String] = [
        "boolean": "b", "byte": "y", "int16": "n", "uint16": "q", "int32": "i", "uint32": "u", "int64": "x", "uint64": "t",
        "double": "d", "string": "s", "objectpath": "o", "signature": "g",
    ]

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return rest.isEmpty
        }
    }

    private mutating func skipBlanks() {
        while let next = rest.first, next == " " || next == "\t" || next == "\n" || next == "\r" { rest.removeFirst() }
    }

    /// `type`: what it must be; nil: what it looks like.
    mutating func value(as type: String?, depth: Int) throws(TextFault) -> BusValue {
        skipBlanks()
        guard depth < 8 else { throw TextFault("is nested too deeply") }
        guard let first = rest.first else { throw TextFault("must have a value") }
        switch first {
        case "@":
            rest.removeFirst()
            return try value(as: try agreed(word(isTypeScalar), type), depth: depth + 1)
        case "[": return try array(as: type, depth)
        case "'", "\"": return try quoted(first, as: type)
        default:
            let word = word { !" \t\n\r,[]'\"@".unicodeScalars.contains($0) }
            if let named = Self.keywords[word] { return try value(as: try agreed(named, type), depth: depth + 1) }
            return try plain(word, as: type)
        }
    }

    private func isTypeScalar(_ scalar: Unicode.Scalar) -> Bool { scalar != " " && scalar != "[" && scalar != "'" && scalar != "\"" }

    private func agreed(_ type: String, _ outer: String?) throws(TextFault) -> String {
        guard outer == nil || outer == type else { throw TextFault("has a \"\(quotable(type))\" where \"\(outer ?? "")\" is wanted") }
        return type
    }

    private mutating func word(_ belongs: (Unicode.Scalar) -> Bool) -> String {
        var word = String.UnicodeScalarView()
        while let next = rest.first, belongs(next) {
            word.append(next)
            rest.removeFirst()
        }
        return String(word)
    }

    private mutating func array(as type: String?, _ depth: Int) throws(TextFault) -> BusValue {
        if let type, !type.hasPrefix("a") { throw TextFault("has an array where \"\(quotable(type))\" is wanted") }
        var element = type.map { String($0.dropFirst()) }
        rest.removeFirst()
        var elements: [BusValue] = []
        skipBlanks()
        while rest.first != "]" {
            if !elements.isEmpty {
                guard rest.first == "," else { throw TextFault("must have a comma or \"]\" after a value of an array") }
                rest.removeFirst()
            }
            let value = try value(as: element, depth: depth + 1)
            element = value.type
            elements.append(value)
            skipBlanks()
        }
        rest.removeFirst()
        guard let element else { throw TextFault("must say the type of an empty array, such as \"@as []\"") }
        return .array(of: element, elements)
    }

    private func plain(_ word: String, as type: String?) throws(TextFault) -> BusValue {
        let isTruth = word == "true" || word == "false"
        let isReal = !isTruth && !word.hasPrefix("0x") && word.contains { ".eE".contains($0) }
        switch type ?? (isTruth ? "b" : isReal ? "d" : "i") {
        case "b" where isTruth: return .boolean(word == "true")
        case "y": return .byte(try number(word))
        case "n": return .int16(try number(word))
        case "q": return .uint16(try number(word))
        case "i": return .int32(try number(word))
        case "u": return .uint32(try number(word))
        case "x": return .int64(try number(word))
        case "t": return .uint64(try number(word))
        case "d":
            guard let number = Double(word) else { throw TextFault("must have a number") }
            return .double(number)
        default: throw TextFault("must be a value in GVariant's text format (a text stands in quotes)")
        }
    }

    private func number<Number: FixedWidthInteger>(_ word: String) throws(TextFault) -> Number {
        let isNegative = word.hasPrefix("-")
        let digits = isNegative || word.hasPrefix("+") ? word.dropFirst() : word[...]
        let isHexadecimal = digits.hasPrefix("0x")
        let bare = isHexadecimal ? digits.dropFirst(2) : digits
        let radix = isHexadecimal ? 16 : digits.count > 1 && digits.hasPrefix("0") ? 8 : 10
        guard bare.first?.isHexDigit == true, let number = Number((isNegative ? "-" : "") + bare, radix: radix) else {
            throw TextFault("must have a number that fits (a plain one has 32 bits: write \"uint64 5\" for more)")
        }
        return number
    }

    private mutating func quoted(_ quote: Unicode.Scalar, as type: String?) throws(TextFault) -> BusValue {
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == quote { return try textual(String(text), as: type) }
            guard next == "\\" else {
                text.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "a": text.append("\u{7}")
            case "b": text.append("\u{8}")
            case "f": text.append("\u{c}")
            case "v": text.append("\u{b}")
            case "\n": break
            case "u": text.append(try codePoint(digits: 4))
            case "U": text.append(try codePoint(digits: 8))
            default: text.append(escaped)
            }
        }
        throw TextFault("must have a quotation mark at its end")
    }

    private mutating func codePoint(digits: Int) throws(TextFault) -> Unicode.Scalar {
        let code = String(String.UnicodeScalarView(rest.prefix(digits)))
        rest = rest.dropFirst(digits)
        guard code.count == digits, let number = UInt32(code, radix: 16), number != 0, let scalar = Unicode.Scalar(number) else {
            throw TextFault("has an escape of no character")
        }
        return scalar
    }

    private func textual(_ text: String, as type: String?) throws(TextFault) -> BusValue {
        switch type ?? "s" {
        case "s": return .string(text)
        case "o" where text.hasPrefix("/"): return .objectPath(text)
        case "g": return .signature(text)
        default: throw TextFault("has a text where it cannot be")
        }
    }
}
