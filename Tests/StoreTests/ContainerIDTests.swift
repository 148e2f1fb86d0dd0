import Store
import Testing

@Suite struct ContainerIDTests {
    @Test(arguments: ["a", "A-Z_0+9.x", "_", "+", "-", "-rf", "a..", "0", String(repeating: "x", count: 255)])
    func `an id of the allowed letters is taken as it is`(text: String) throws {
        #expect(try ContainerID(text).text == text)
    }

    @Test(arguments: [
        ".", "..", ".hidden", "a/b", "/", "a b", "a\0", "a\n", "é", "a\u{301}", "\u{212A}", "a:b", "a@b", "../../etc", "~", "*",
    ])
    func `any other is refused with the rule`(text: String) {
        let error = #expect(throws: StoreError.self) { try ContainerID(text) }
        #expect(error == .invalidID(text, "must match [A-Za-z0-9_+-][A-Za-z0-9_+.-]*"))
    }

    @Test func `the errors can be read`() {
        #expect("\(StoreError.invalidID("a/b", "must not"))" == "invalid container id \"a/b\": must not")
        // Nothing that a terminal would obey.
        #expect("\(StoreError.invalidID("a\u{1b}[2J\n", "x"))" == "invalid container id \"a\\u{1B}[2J\\n\": x")
        #expect("\(StoreError.emptyID)" == "container id cannot be empty")
        #expect("\(StoreError.exists)" == "container with given ID already exists")
        #expect("\(StoreError.missing)" == "container does not exist")
    }

    @Test func `an empty id has words of its own`() {
        #expect(throws: StoreError.emptyID) { try ContainerID("") }
    }

    @Test(arguments: [256, 1_000_000]) func `an id that is no file's name is not repeated whole`(count: Int) {
        let error = #expect(throws: StoreError.self) { try ContainerID(String(repeating: "x", count: count)) }
        let shown = String(repeating: "x", count: 40) + "..."
        #expect(error.map { "\($0)" } == "invalid container id \"\(shown)\": must not be longer than 255 bytes")
    }
}
