import JSON
import Testing

@Suite struct ReaderTests {
    static func read<Result>(_ text: String, _ body: (Reader) throws(JSONError) -> Result) throws(JSONError) -> Result {
        try body(Reader(parse(Array(text.utf8))))
    }

    static func message(_ text: String, _ body: (Reader) throws(JSONError) -> Void) -> String {
        do throws(JSONError) {
            try read(text, body)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test func `a path leads from the document to the value`() throws {
        let path = try Self.read(#"{"a":[0,{"b/c~d\n":true}]}"#) { reader throws(JSONError) in
            try reader.required("a").elements()[1].members()[0].reader.path
        }
        #expect(path == "/a/1/b~1c~0d\\n")
        #expect(try Self.read("1") { $0.path } == "")
    }

    @Test func `null and absent members are none`() throws {
        let reader = try Self.read(#"{"a":null}"#) { $0 }
        #expect(try reader.member("a")?.path == nil)
        #expect(try reader.member("b")?.path == nil)
        #expect(throws: JSONError.value(path: "/a", problem: "is required")) { try reader.required("a") }
        #expect(throws: JSONError.value(path: "/b", problem: "is required")) { try reader.required("b") }
    }

    @Test(arguments: [
        ("1", 1), ("255", 255), ("-0", 0), ("256", nil), ("-1", nil), ("1.0", nil), ("1e0", nil), ("\"1\"", nil),
    ] as [(String, UInt8?)])
    func `an integer is exact and within its range`(text: String, expected: UInt8?) throws {
        let reader = Reader(try parse(Array(text.utf8)))
        if let expected {
            #expect(try reader.integer() as UInt8 == expected)
        } else {
            #expect(throws: JSONError.value(path: "", problem: "must be an integer from 0 to 255, found \(text)")) {
                try reader.integer() as UInt8
            }
        }
    }

    @Test func `what was found is told by its value, or its sort where that is long`() {
        #expect(Self.message("[1]") { r throws(JSONError) in _ = try r.string() } == "must be a string, found an array")
        #expect(Self.message("{}") { r throws(JSONError) in _ = try r.bool() } == "must be true or false, found an object")
        #expect(Self.message("null") { r throws(JSONError) in _ = try r.elements() } == "must be an array, found null")
        #expect(Self.message("true") { r throws(JSONError) in _ = try r.member("a") } == "must be an object, found true")
        #expect(Self.message(#""\u001b[2J\"\\""#) { r throws(JSONError) in _ = try r.members() } == #"must be an object, found "\u001b[2J\"\\""#)
        let long = String(repeating: "é", count: 61)
        #expect(Self.message("\"\(long)\"") { r throws(JSONError) in _ = try r.bool() } == "must be true or false, found \"\(long.dropLast())...\"")
        #expect(Self.message("[\"a\",[]]") { r throws(JSONError) in _ = try r.strings() } == "/1: must be a string, found an array")
    }

    @Test func `a NUL is refused in strings and in keys that are data`() {
        #expect(Self.message(#""a\u0000""#) { r throws(JSONError) in _ = try r.string() } == "contains a NUL byte")
        #expect(Self.message(#"["", "\u0000"]"#) { r throws(JSONError) in _ = try r.strings() } == "/1: contains a NUL byte")
        #expect(Self.message(#"{"a\u0000":1}"#) { r throws(JSONError) in _ = try r.members() } == #"/a\u0000: the key contains a NUL byte"#)
        // NUL and a combining accent are one Character, which is not "\0".
        #expect(Self.message(#""\u0000\u0301""#) { r throws(JSONError) in _ = try r.string() } == "contains a NUL byte")
    }

    @Test func `a choice is of the names of its table, byte for byte`() throws {
        let table = [(name: "KILL", value: 1), (name: "LOG", value: 2)]
        #expect(try Reader("LOG").choice(table) == 2)
        #expect(throws: JSONError.value(path: "", problem: "must be one of KILL, LOG, found \"\u{212A}ILL\"")) {
            try Reader("\u{212A}ILL").choice(table)
        }
    }
}
