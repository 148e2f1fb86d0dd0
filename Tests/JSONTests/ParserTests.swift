import JSON
import Testing

private func parse(_ text: String, _ limits: Limits = .document) throws(JSONError) -> Value {
    try JSON.parse(Array(text.utf8), limits)
}

@Suite struct ParserTests {
    @Test func `every sort of value is read`() throws {
        #expect(try parse(#" {"a":[1,-2.5e+3,"x\n\u00e9\ud83d\ude00",true,false,null,{},[]]} "#)
            == ["a": [1, .number("-2.5e+3"), "x\né😀", true, false, .null, [:], []]])
    }

    @Test(arguments: ["18446744073709551615", "-9223372036854775808", "0", "-0", "1E400", "0.10"])
    func `a number keeps its text`(number: String) throws {
        #expect(try parse(number) == .number(number))
    }

    @Test func `of members with the same key the last counts, at the place of the first`() throws {
        #expect(try parse(#"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        let many = (0..<40).map { #""k\#($0 % 20)":\#($0)"# }.joined(separator: ",")
        #expect(try parse("{\(many)}") == .object((20..<40).map { Value.Member("k\($0 - 20)", Value($0)) }))
    }

    @Test func `keys are compared byte for byte`() throws {
        #expect(try parse("{\"\u{212A}\":1,\"K\":2}")["K"] == 2)
        #expect(try parse("{\"\u{e9}\":1,\"e\u{301}\":2}")["\u{e9}"] == 1)
    }

    @Test func `a NUL in a string is kept`() throws {
        #expect(try parse(#"["a\u0000b"]"#) == ["a\0b"])
    }

    @Test(arguments: [
        ("", "line 1, column 1: is empty"),
        (" \n\t", "line 2, column 2: is empty"),
        ("{\n \"a\": 1,\n}", "line 3, column 1: expected a key in quotes"),
        ("[1 2]", "line 1, column 4: expected a comma or ]"),
        ("[1,]", "line 1, column 4: expected a value"),
        (#"{"a" 1}"#, "line 1, column 6: expected a colon after the key"),
        (#"{"é":1 x"#, "line 1, column 8: unexpected character"),
        (#"{"a":1 "b":2}"#, "line 1, column 9: expected a comma or }"),
        ("{1:2}", "line 1, column 2: expected a key in quotes"),
        ("[1.]", "line 1, column 4: expected a digit"),
        ("[-]", "line 1, column 3: expected a digit"),
        ("[1e]", "line 1, column 4: expected a digit"),
        ("[01]", "line 1, column 3: expected a comma or ]"),
        ("[tru]", "line 1, column 5: unknown word"),
        ("['a']", "line 1, column 2: unexpected character"),
        ("[NaN]", "line 1, column 2: unexpected character"),
        (#"["\x"]"#, "line 1, column 4: unknown escape in a string"),
        (#"["\u12g4"]"#, "line 1, column 7: four hexadecimal digits have to follow \\u"),
        ("[\"a\nb\"]", "line 1, column 4: unescaped control character in a string"),
        ("[\"a\0b\"]", "line 1, column 4: unescaped control character in a string"),
        ("{} x", "line 1, column 4: something follows the document"),
        ("{} 12", "line 1, column 5: something follows the document"),
        ("[] []", "line 1, column 4: something follows the document"),
        ("[1, /* two */ 2]", "line 1, column 5: comments are not JSON"),
        ("nul", "line 1, column 4: ends too early"),
        (#"{"a": "b"#, "line 1, column 9: ends too early"),
        (#"["\ud800"]"#, "line 1, column 3: half of a surrogate pair"),
        (#"["\ud800\u0041"]"#, "line 1, column 3: half of a surrogate pair"),
        (#"["\udc00"]"#, "line 1, column 3: half of a surrogate pair"),
        (#"["a\ud800"#, "line 1, column 4: half of a surrogate pair"),
        ("\u{FEFF}{}", "line 1, column 1: begins with a byte order mark"),
    ])
    func `what is not JSON is refused with its place`(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        [0x5B, 0x22, 0xFF, 0x22, 0x5D], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
    func `text that is not UTF-8 is refused`(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error?.description.hasSuffix("is not valid UTF-8") == true)
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `nesting is limited`(opening: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + "[]" + String(repeating: opening == "[" ? "]" : "}", count: depth)
        }
        _ = try parse(nested(127))
        let error = #expect(throws: JSONError.self) { try parse(nested(128)) }
        #expect(error == .syntax(line: 1, column: 128 * opening.utf8.count + 1, problem: "is nested deeper than 128 levels"))
        #expect(throws: JSONError.self) { try parse(String(repeating: opening, count: 100_000)) }
    }

    @Test func `size is limited, and found out before anything is read`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 100 << 20)
        #expect(throws: JSONError.tooLarge(limit: 16 << 20)) { try JSON.parse(bytes) }
        #expect(throws: JSONError.tooLarge(limit: 3)) { try parse("1234", Limits(bytes: 3, depth: 1)) }
    }

    @Test func `a text cut anywhere is refused`() throws {
        let text = Array(#"{"a":[1,-2.5e+3,"x\n\u00e9\ud83d\ude00é",true,false,null,{"b":{}},[]]}"#.utf8)
        _ = try JSON.parse(text)
        for count in 0..<text.count {
            #expect(throws: JSONError.self, "cut after \(count)") { try JSON.parse(Array(text.prefix(count))) }
        }
    }
}
