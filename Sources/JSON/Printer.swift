/// How a document is laid out. Neither ends with a newline.
public enum Layout: Hashable, Sendable {
    case compact
    /// A line for each element and member, with this text for each level before it.
    case indented(String)
}

extension Value {
    /// This value as JSON text. Slashes and what is not ASCII stand as they are.
    public func text(_ layout: Layout) -> String {
        var printer = Printer(layout)
        printer.print(self)
        return printer.text
    }

    /// What an error says was found: scalars shortened, arrays and objects by name.
    var brief: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let text): shortened(text)
        case .string(let text): quoted(shortened(text))
        case .array: "an array"
        case .object: "an object"
        }
    }
}

private struct Printer {
    private let layout: Layout
    private var level = 0
    private(set) var text = ""

    init(_ layout: Layout) { self.layout = layout }

    mutating func print(_ value: Value) {
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .number(let number): text += number
        case .string(let string): text += quoted(string)
        case .array(let elements):
            list(elements, "[", "]") { $0.print($1) }
        case .object(let members):
            list(members, "{", "}") {
                $0.text += quoted($1.key)
                $0.text += $0.layout == .compact ? ":" : ": "
                $0.print($1.value)
            }
        }
    }

    private mutating func list<Item>(_ items: [Item], _ start: String, _ end: String, _ print: (inout Printer, Item) -> Void) {
        text += start
        level += 1
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            breakLine()
            print(&self, item)
        }
        level -= 1
        if !items.isEmpty { breakLine() }
        text += end
    }

    private mutating func breakLine() {
        guard case .indented(let indent) = layout else { return }
        text += "\n"
        for _ in 0..<level { text += indent }
    }
}

private func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        default: appendEscaped(scalar, to: &text)
        }
    }
    text += "\""
    return text
}

/// Appends `scalar`, a control character as its escape.
func appendEscaped(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{8}": text += "\\b"
    case "\u{C}": text += "\\f"
    case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
}

private func shortened(_ text: String) -> String {
    let most = 60
    guard let end = text.unicodeScalars.index(text.startIndex, offsetBy: most, limitedBy: text.endIndex), end < text.endIndex else { return text }
    return text[..<end] + "..."
}
