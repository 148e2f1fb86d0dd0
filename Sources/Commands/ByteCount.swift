/// A number of bytes as runc's options take it: `67108864`, `64m`, `1.5GiB`, with 1024 of each unit to the next; -1 is unlimited.
/// nil for anything else.
func byteCount(_ text: String) -> Int64? {
    if text == "-1" { return -1 }
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let first = digits.first, first != ".", digits.last != ".", let shift = shift(text.dropFirst(digits.count)) else { return nil }
    if let whole = Int64(digits) {
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : bytes
    }
    guard let number = Double(digits), case let bytes = number * Double(Int64(1) << shift), bytes < 0x1p63 else { return nil }
    return Int64(bytes)
}

/// How many bits a unit such as ` kB`, `M` or `gib` shifts by.
private func shift(_ text: Substring) -> Int64? {
    if text.isEmpty { return 0 }
    var unit = text.lowercased()[...]
    if unit.first == " " { unit.removeFirst() }
    if unit == "b" { return 0 }
    let units: [Character] = ["k", "m", "g", "t", "p"]
    guard let first = unit.first, let index = units.firstIndex(of: first), ["", "b", "ib"].contains(unit.dropFirst()) else { return nil }
    return Int64(index + 1) * 10
}
