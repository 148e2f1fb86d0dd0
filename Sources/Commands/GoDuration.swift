/// Go's time.ParseDuration: `5s`, `1m30s`, `1.5h`, `-2ms`; nil for anything else.
func goDuration(_ text: String) -> Duration? {
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    if rest == "0" { return .zero }
    var nanoseconds = 0.0
    if rest.isEmpty { return nil }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        rest = rest.dropFirst(digits.count)
        let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
        rest = rest.dropFirst(name.count)
        guard let number = decimal(digits), let unit = nanosecondsPer(name) else { return nil }
        nanoseconds += number * unit
    }
    // Beyond what Go has room for, 292 years.
    guard nanoseconds < 9.2e18 else { return nil }
    return .nanoseconds(Int64(nanoseconds) * (isNegative ? -1 : 1))
}

/// `1`, `1.5`, `.5` and `5.`, which Swift's own reading of numbers does not take.
private func decimal(_ text: Substring) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    return Double("0" + parts[0] + "." + (parts.count == 2 ? parts[1] : "") + "0")
}

private func nanosecondsPer(_ unit: Substring) -> Double? {
    switch unit {
    case "ns": 1
    // The micro sign and the Greek letter.
    case "us", "\u{B5}s", "\u{3BC}s": 1e3
    case "ms": 1e6
    case "s": 1e9
    case "m": 60e9
    case "h": 3600e9
    default: nil
    }
}
