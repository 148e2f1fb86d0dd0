import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct CreateTests {
    @Test func `create prepares everything and runs nothing`() throws {
        let bundle = try Bundle()
        bundle.probe("out", "ran", "--", "exit", "5")
        let container = try Container(bundle)
        let outcome = try container.create()
        #expect(outcome.status == 0)
        #expect(outcome.errorBytes.isEmpty, "not a word on success")
        #expect(try container.status() == "created")
        #expect(try container.output?.available() == [], "the program has not run")
        let pid = try container.pid
        #expect(Files.text(container.pidFile) == String(pid), "digits only, no newline")
        #expect(Files.exists("/proc/\(pid)"))

        #expect(try container.start().status == 0)
        #expect(try container.outcome().output == "ran\n")
        #expect(try container.end() == .exited(5), "the shim reaps init")
        #expect(try container.delete().status == 0)
    }

    @Test func `the process waits with the identity of the program`() throws {
        let bundle = try Bundle()
        bundle.probe("wait")
        bundle.set("/process/user", ["uid": 1000, "gid": 1001])
        let container = try Container(bundle).created()
        let status = Files.text("/proc/\(try container.pid)/status")
        #expect(status.contains("Uid:\t1000\t1000\t1000\t1000"))
        #expect(status.contains("Gid:\t1001\t1001\t1001\t1001"))
        #expect(status.contains("CapBnd:\t0000000020000420"))
        #expect(status.contains("NoNewPrivs:\t1"))
    }

    @Test func `an id can be used once`() throws {
        let first = try Container(try waiting()).created()
        let before = try first.state()
        try first.bundle.save()
        let second = try swiftrun("create", "--bundle", first.bundle.path, first.id)
        #expect(second.status == 1)
        #expect(second.errors.contains("container with given ID already exists"))
        #expect(try first.state() == before)
        #expect(try first.start().status == 0)
    }

    @Test(.serialized, arguments: ["", ".", "..", "a/b", "a b", "../x", "ä", "a\nb"])
    func `an id that is no name is refused`(id: String) throws {
        let bundle = try waiting()
        try bundle.save()
        let outcome = try swiftrun("create", "--bundle", bundle.path, id)
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }

    @Test(arguments: ["a", "A-b_c+d.e", "0", "_x", "+y", String(repeating: "n", count: 128)])
    func `an id of letters, digits and a few signs is taken`(id: String) throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        try bundle.save()
        let outcome = try swiftrun("run", "--bundle", bundle.path, id)
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func `later changes of config json do not matter`() throws {
        let bundle = try Bundle()
        bundle.probe("out", "first")
        let container = try Container(bundle).created()
        bundle.probe("out", "second")
        bundle.set("/process/env", ["X=second"])
        try bundle.save()
        #expect(try container.start().status == 0)
        #expect(try container.outcome().output == "first\n")
    }

    @Test func `the bundle is the working directory unless named`() throws {
        let bundle = try Bundle()
        bundle.probe("out", "here")
        try bundle.save()
        #expect(try swiftrun("run", "here", directory: bundle.path).output == "here\n")
    }

    @Test func `a relative bundle is taken from the working directory`() throws {
        let bundle = try Bundle()
        bundle.probe("out", "here")
        try bundle.save()
        let name = String(bundle.path.split(separator: "/").last ?? "")
        let outcome = try swiftrun("run", "--keep", "--bundle", name, "here")
        #expect(outcome.output == "here\n")
        #expect(try swiftrun("state", "here").json()["bundle"]?.string == bundle.path)
    }

    @Test func `a bundle without config json is named`() throws {
        let scratch = try Scratch.required()
        let outcome = try swiftrun("create", "--bundle", scratch.directory, "x")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json"))
        let missing = try swiftrun("create", "--bundle", scratch.directory + "/nowhere", "x")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("nowhere"))
    }

    @Test func `a bundle without process cannot be created`() throws {
        let bundle = try Bundle()
        bundle.remove("/process")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("process"))
    }

    @Test func `a pid file that cannot be written undoes the container`() throws {
        let bundle = try waiting()
        try bundle.save()
        let outcome = try swiftrun("create", "--bundle", bundle.path, "--pid-file", "/nowhere/at/all.pid", "x")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/nowhere/at"))
        #expect(try swiftrun("state", "x").errors.contains("container does not exist"))
    }

    @Test func `the root of the state directory is made`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        try bundle.save()
        let root = bundle.scratch.directory + "/new/root"
        #expect(try swiftrun("--root", root, "run", "--bundle", bundle.path, "x").status == 0)
        #expect(Files.entries(root) == [])
    }

    @Test func `of several creates with one id at once one succeeds`() async throws {
        let paths = try (0..<4).map { _ in
            let bundle = try waiting()
            try bundle.save()
            return bundle.path
        }
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for path in paths {
                group.addTask { try swiftrun("run", "--detach", "--bundle", path, "same", output: .null).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [0, 1, 1, 1])
        #expect(try swiftrun("state", "same").json()["status"]?.string == "running")
    }

    @Test func `the session keyring is new and named after the container`() throws {
        let bundle = try Bundle()
        let own = try bundle.run("--no-new-keyring").report()["keyring"]?.string
        bundle.probe("report")
        let container = try Container(bundle).created()
        try container.start()
        let report = try container.outcome().report()
        #expect(report["keyring"]?.string?.hasSuffix(";_ses.\(container.id)") == true, "\(report["keyring"]?.string ?? "none")")
        #expect(own != report["keyring"]?.string)
        #expect(own?.contains(";_ses.") != true, "--no-new-keyring keeps the caller's")
    }

    @Test func `without pivot the container still sees its own root`() throws {
        let bundle = try Bundle()
        bundle.probe("ls", "/", "--", "stat", "/..", "--", "report")
        let outcome = try bundle.run("--no-pivot")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("ls")["names"]?.strings == ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr"])
        #expect(try outcome.report()["cwd"]?.string == "/")
    }

    @Test func `errors go to the log as json and to stderr as text`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["nothing-of-this-name"])
        try bundle.save()
        let log = bundle.scratch.directory + "/log.json"
        try Files.write(log, "{\"level\":\"info\",\"msg\":\"kept\",\"time\":\"2020-01-01T00:00:00Z\"}\n")
        let outcome = try swiftrun("--log", log, "--log-format", "json", "create", "--bundle", bundle.path, "x")
        #expect(outcome.status == 1)
        let lines = try Files.text(log).split(separator: "\n").map { try parse(Array($0.utf8)) }
        #expect(lines.first?["msg"]?.string == "kept", "the log is appended to")
        let last = try #require(lines.last)
        #expect(last["level"]?.string == "error")
        #expect(last["msg"]?.string?.contains("exec: \"nothing-of-this-name\": executable file not found in $PATH") == true)
        #expect(last["time"]?.string?.contains("T") == true)
        #expect(outcome.errors.contains("executable file not found in $PATH"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no --pidfd-socket"))
    func `the pidfd socket gets the process`() throws {
        let socket = try ConsoleSocket()
        let container = try Container(try waiting()).created("--pidfd-socket", socket.path)
        let message = try socket.receive()
        #expect(String(decoding: message.bytes, as: UTF8.self) == "standard")
        let descriptor = try #require(message.descriptors.first)
        let pid = try container.pid
        #expect(Files.text("/proc/self/fdinfo/\(descriptor.raw)").contains("Pid:\t\(pid)\n"))
    }
}

/// A bundle whose process waits for TERM.
func waiting() throws -> Bundle {
    let bundle = try Bundle()
    bundle.probe("wait")
    return bundle
}
