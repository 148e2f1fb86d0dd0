import JSON
import Testing

@Suite struct PrinterTests {
    static let value: Value = ["a": [1, .null, true], "b": [:], "c": [], "d": ["e": "f/g"]]

    @Test func `compact is one line without spaces`() {
        #expect(Self.value.text(.compact) == #"{"a":[1,null,true],"b":{},"c":[],"d":{"e":"f/g"}}"#)
    }

    @Test func `indented has a line for each element, and none at the end`() {
        #expect(
            Self.value.text(.indented("\t"))
                == "{\n\t\"a\": [\n\t\t1,\n\t\tnull,\n\t\ttrue\n\t],\n\t\"b\": {},\n\t\"c\": [],\n\t\"d\": {\n\t\t\"e\": \"f/g\"\n\t}\n}")
    }

    @Test func `quotes, backslashes and control characters are escaped, slashes and the rest are not`() {
        #expect(Value.string("\"\\/\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}é😀\u{2028}").text(.compact) == #""\"\\/\n\r\t\b\f\u0000\u001f\u007fé😀"# + "\u{2028}\"")
    }

    @Test func `what is printed is read back the same`() throws {
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init).map { Value.string(String(Character($0))) }
        let value: Value = ["text": .array(scalars), "number": .number("-1.50E+3"), "é": Self.value]
        for layout in [Layout.compact, .indented("  ")] {
            #expect(try parse(Array(value.text(layout).utf8)) == value)
        }
    }
}
