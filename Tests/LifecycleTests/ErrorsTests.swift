import JSON
import TestKit
import Testing

// Hostile config.json through the binary: exit 1, a message, nothing left.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct ErrorsTests {
    func outcome(_ bytes: [UInt8]) throws -> Outcome {
        let bundle = try Bundle()
        bundle.rawConfig = bytes
        let outcome = try Container(bundle).create()
        #expect(bundle.scratch.leftovers() == [])
        return outcome
    }

    @Test(arguments: [
        "", " ", "{", "}", "[]", "null", "1", "\"text\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1}{\"b\":2}", "{\"a\":01}",
        "{\"a\":1.}", "{\"a\":+1}", "{\"a\":nul}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "// {}", "{\"ociVersion\":\"1.0.2\"", "\u{FEFF}{",
    ])
    func `what is no JSON object is refused`(text: String) throws {
        let outcome = try outcome(Array(text.utf8))
        if !UnderTest.isSwiftrun && text == "null" { return }
        #expect(outcome.status == 1)
        #expect(outcome.outputBytes.isEmpty || !UnderTest.isSwiftrun)
        #expect(outcome.errors.contains("config.json") || !UnderTest.isSwiftrun)
        #expect(!outcome.errors.isEmpty)
    }

    /// The program is named by the image, and engines show what they find in the log.
    @Test(.enabled(if: UnderTest.isSwiftrun, "runc quotes this name and no other"))
    func `no error is anything that a terminal obeys, and each is one line`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["\u{1b}[2J\nprogram\u{9b}"])
        let log = bundle.scratch.directory + "/log.json"
        let outcomes = [try Container(bundle).create(), try Container(bundle).create(globals: ["--log", log, "--log-format", "json"])]
        for outcome in outcomes {
            #expect(outcome.status == 1 && outcome.errors.contains(#"exec: "\u{1B}[2J\nprogram\u{009B}": executable"#), "\(outcome)")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
        }
        let message = try JSON.parse(Files.read(log) ?? [])["msg"]?.string
        #expect(message?.unicodeScalars.contains { $0.properties.generalCategory == .control } == false, "\(message ?? "")")
    }

    @Test func `a text cut off anywhere is refused`() throws {
        let bundle = try Bundle()
        let whole = Array(bundle.config.text(.compact).utf8)
        for length in stride(from: 1, to: whole.count, by: max(1, whole.count / 40)) {
            let outcome = try outcome(Array(whole[..<length]))
            #expect(outcome.status == 1, "\(length) of \(whole.count) bytes")
        }
    }

    @Test func `bytes that are no text are refused`() throws {
        for bytes in [[0xff, 0xfe, 0x00], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d], [UInt8](repeating: 0, count: 100)] as [[UInt8]] {
            #expect(try outcome(bytes).status == 1)
        }
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func `a text nested without end is refused`(open: String, close: String) throws {
        let depth = 200_000
        let text = String(repeating: open, count: depth) + String(repeating: close, count: depth)
        let outcome = try outcome(Array(text.utf8))
        #expect(outcome.status == 1)
        #expect(!outcome.errors.contains("Fatal error") && !outcome.errors.contains("overflow"))
        let inner = try self.outcome(Array(("{\"annotations\":" + text + "}").utf8))
        #expect(inner.status == 1)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc reads it all"), arguments: ["blanks", "a string", "elements"])
    func `100 MB are refused`(kind: String) throws {
        var bytes: [UInt8]
        switch kind {
        case "blanks": bytes = [UInt8](repeating: 0x20, count: 100_000_000)
        case "a string": bytes = Array("{\"hostname\":\"".utf8) + [UInt8](repeating: 0x61, count: 100_000_000) + Array("\"}".utf8)
        default: bytes = Array("{\"annotations\":[".utf8) + [UInt8](repeating: 0x2c, count: 100_000_000)
        }
        let outcome = try outcome(bytes)
        bytes = []
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json"))
        #expect(outcome.errors.utf8.count < 1000)
    }

    static let pointers = [
        "/ociVersion", "/process", "/process/args", "/process/args/0", "/process/cwd", "/process/env", "/process/env/0", "/process/terminal", "/process/user",
        "/process/user/uid", "/process/user/gid", "/process/capabilities", "/process/capabilities/bounding", "/process/rlimits", "/process/rlimits/0",
        "/process/rlimits/0/soft", "/process/rlimits/0/type", "/process/noNewPrivileges", "/root", "/root/path", "/root/readonly", "/hostname", "/mounts",
        "/mounts/0", "/mounts/0/destination", "/mounts/1/options", "/mounts/1/options/0", "/linux", "/linux/namespaces", "/linux/namespaces/0",
        "/linux/namespaces/0/type", "/linux/maskedPaths", "/linux/maskedPaths/0", "/linux/readonlyPaths", "/linux/resources", "/linux/resources/devices",
        "/linux/resources/devices/0/allow", "/linux/cgroupsPath", "/hooks", "/annotations",
    ]

    @Test(.enabled(if: UnderTest.isSwiftrun, "wording"), arguments: pointers)
    func `a value of another type is told by its place`(pointer: String) throws {
        let bundle = try Bundle()
        for value in ["text", 1, true, ["a": 1], [1], .number("1.5")] as [Value] {
            let present = bundle.config.at(pointer)
            guard !isSame(present, value), !(present == nil && value == ["a": 1] && pointer == "/hooks") else { continue }
            let wrong = try Bundle()
            wrong.set(pointer, value)
            let outcome = try Container(wrong).create()
            #expect(outcome.status == 1, "\(pointer) \(value)")
            let named = "config.json: \(pointer)"
            #expect(outcome.errors.contains(named), "\(outcome)")
        }
    }

    /// Of the same kind as what stands there, or as what may stand there.
    func isSame(_ present: Value?, _ value: Value) -> Bool {
        switch (present, value) {
        case (.string, .string), (.array, .array), (.object, .object), (.bool, .bool), (nil, .object): true
        case (.number, .number(let text)): !text.contains(".")
        default: false
        }
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "wording"),
        arguments: [
            ("/process/user/uid", "-1"), ("/process/user/uid", "4294967296"), ("/process/user/uid", "1e3"), ("/process/user/gid", "1.5"),
            ("/process/rlimits/0/soft", "18446744073709551616"), ("/process/rlimits/0/hard", "-1"), ("/process/oomScoreAdj", "99999999999"),
            ("/process/user/umask", "-1"), ("/process/user/additionalGids", "[-1]"), ("/linux/resources/devices/0/major", "1.5"),
        ])
    func `a number out of range is told by its place`(pointer: String, number: String) throws {
        let bundle = try Bundle()
        bundle.set(pointer, try parse(Array(number.utf8)))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json: \(pointer)"), "\(outcome)")
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "wording"),
        arguments: [
            "/process/args/0", "/process/cwd", "/process/env/0", "/root/path", "/hostname", "/mounts/0/destination", "/mounts/0/source", "/mounts/0/type",
            "/mounts/1/options/0", "/linux/maskedPaths/0", "/linux/readonlyPaths/0", "/linux/cgroupsPath", "/linux/namespaces/0/path",
        ])
    func `a NUL is told by its place`(pointer: String) throws {
        let bundle = try Bundle()
        let text = bundle.config.at(pointer)?.string ?? "/x"
        bundle.set(pointer, .string(text + "\0/tail"))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json: \(pointer)"), "\(outcome)")
        #expect(outcome.errors.contains("NUL"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc checks no version"), arguments: ["", "one", "2.0.0", "0.9.0", "1.x", "1"])
    func `a version that is not ours is refused`(version: String) throws {
        let bundle = try Bundle()
        bundle.set("/ociVersion", .string(version))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/ociVersion"))
    }

    @Test(arguments: ["1.0.0", "1.0.2-dev", "1.1.0", "1.2.1", "1.3.0", "1.9.9", "1.0.0-rc1"])
    func `every version of the first edition is taken`(version: String) throws {
        let bundle = try Bundle()
        bundle.set("/ociVersion", .string(version))
        bundle.probe("exit", "0")
        #expect(try bundle.run().status == 0)
    }

    @Test(arguments: ["directory", "loop", "nothing", "socket"])
    func `a config json that is no file is refused`(kind: String) throws {
        let bundle = try Bundle()
        let path = bundle.path + "/config.json"
        switch kind {
        case "directory": try Files.makeDirectory(path)
        case "loop": try Files.makeSymlink(path, to: "config.json")
        default: break
        }
        let outcome = try swiftrun("create", "--bundle", bundle.path, "x")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc waits for ever"))
    func `a config json that is a fifo keeps nobody waiting`() throws {
        let bundle = try Bundle()
        try Files.makeFifo(bundle.path + "/config.json")
        let outcome = try swiftrun("create", "--bundle", bundle.path, "x", deadline: Deadline(after: 10))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json"))
    }
}
