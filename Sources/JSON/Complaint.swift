/// What yajl says of a bad text, in our words.
struct Complaint {
    let problem: String
    /// From the byte yajl stands at to the one that is wrong.
    let shift: Int

    static let trailing = "something follows the document"

    init(_ problem: String, shift: Int = 0) {
        self.problem = problem
        self.shift = shift
    }

    /// Of yajl's message, such as `parse error: trailing garbage\n`. After a token yajl stands behind it.
    init(yajl message: String) {
        let words = message.drop { $0 != ":" }.dropFirst(2).prefix { !$0.isNewline }
        self =
            switch words {
            case "trailing garbage": Complaint(Complaint.trailing, shift: -1)
            case "unallowed token at this point in JSON text": Complaint("expected a value", shift: -1)
            case "invalid object key (must be a string)": Complaint("expected a key in quotes", shift: -1)
            case "object key and value must be separated by a colon (':')": Complaint("expected a colon after the key", shift: -1)
            case "after key and value, inside map, I expect ',' or '}'": Complaint("expected a comma or }", shift: -1)
            case "after array element, I expect ',' or ']'": Complaint("expected a comma or ]", shift: -1)
            case "invalid char in json text.": Complaint("unexpected character", shift: -1)
            case "invalid string in json text.": Complaint("unknown word")
            case "invalid character inside string.": Complaint("unescaped control character in a string")
            case "inside a string, '\\' occurs before a character which it may not.": Complaint("unknown escape in a string")
            case "invalid (non-hex) character occurs after '\\u' inside string.": Complaint("four hexadecimal digits have to follow \\u")
            case "malformed number, a digit is required after the decimal point.",
                "malformed number, a digit is required after the minus sign.",
                "malformed number, a digit is required after the exponent.":
                Complaint("expected a digit")
            case "probable comment found in input text, comments are not enabled.": Complaint("comments are not JSON")
            default: Complaint(String(words))
            }
    }
}
