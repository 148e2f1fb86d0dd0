/// The major version of a Semantic Versioning 2.0 version; nil where `text` is none.
func majorVersion(_ text: String) -> Substring? {
    let whole = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 1, omittingEmptySubsequences: false)
    if whole.count == 2, !isDotted(whole[1], { !$0.isEmpty }) { return nil }
    let release = whole[0].split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
    if release.count == 2, !isDotted(release[1], { isNumber($0) || !$0.isEmpty && !$0.allSatisfy(isDigit) }) { return nil }
    let numbers = release[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard numbers.count == 3, numbers.allSatisfy(isNumber) else { return nil }
    return Substring(numbers[0])
}

/// Whether all identifiers between dots have allowed characters and satisfy `isIdentifier`.
private func isDotted(_ text: Substring.UTF8View, _ isIdentifier: (Substring.UTF8View) -> Bool) -> Bool {
    text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
        $0.allSatisfy(isIdentifierByte) && isIdentifier($0)
    }
}

/// Digits without a needless zero before them.
private func isNumber(_ text: Substring.UTF8View) -> Bool {
    !text.isEmpty && text.allSatisfy(isDigit) && (text.count == 1 || text.first != UInt8(ascii: "0"))
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): true
    default: false
    }
}
