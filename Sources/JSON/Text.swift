/// Checks what yajl leaves unchecked or gets wrong: encoding, and `\u` escapes of surrogates.
///
/// yajl turns half of a surrogate pair into `?` and swallows the byte after it, and releases without
/// distributions' patches read past the end of the text there (CVE-2017-16516).
func check(_ bytes: Span<UInt8>) throws(JSONError) {
    do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: bytes)
    } catch {
        throw fault(in: bytes, at: error.byteOffsets.lowerBound, "is not valid UTF-8")
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
        throw fault(in: bytes, at: 0, "begins with a byte order mark")
    }
    var isBlank = true
    var index = 0
    while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            index += 1
        case UInt8(ascii: "\\"):
            isBlank = false
            index += try escapeLength(in: bytes, at: index)
        default:
            isBlank = false
            index += 1
        }
    }
    if isBlank { throw fault(in: bytes, at: bytes.count, "is empty") }
}

/// Bytes from the backslash at `index` to the end of its escape; 2 for all that are not `\u`, sound or not.
private func escapeLength(in bytes: Span<UInt8>, at index: Int) throws(JSONError) -> Int {
    guard let unit = codeUnit(in: bytes, at: index) else { return 2 }
    switch unit {
    case 0xD800...0xDBFF:
        if let low = codeUnit(in: bytes, at: index + 6), (0xDC00...0xDFFF).contains(low) { return 12 }
        throw fault(in: bytes, at: index, "half of a surrogate pair")
    case 0xDC00...0xDFFF:
        throw fault(in: bytes, at: index, "half of a surrogate pair")
    default:
        return 6
    }
}

/// The value of the `\uXXXX` that starts at `index`; nil where none does.
private func codeUnit(in bytes: Span<UInt8>, at index: Int) -> UInt16? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else { return nil }
    var unit: UInt16 = 0
    for offset in 2..<6 {
        guard let digit = Character(Unicode.Scalar(bytes[index + offset])).hexDigitValue else { return nil }
        unit = unit << 4 | UInt16(truncatingIfNeeded: digit)
    }
    return unit
}

/// `problem` with the place of the byte at `offset`.
func fault(in bytes: Span<UInt8>, at offset: Int, _ problem: String) -> JSONError {
    var line = 1
    var column = 1
    for index in 0..<max(0, min(offset, bytes.count)) {
        if bytes[index] == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if bytes[index] & 0xC0 != 0x80 {
            column += 1
        }
    }
    return .syntax(line: line, column: column, problem: problem)
}
