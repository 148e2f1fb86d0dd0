import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecProcessFileTests {
    let process: Value = [
        "args": ["/bin/probe", "report", "--", "exit", "3"], "env": ["PATH=/bin", "FILE=yes"], "cwd": "/tmp",
        "user": ["uid": 1000, "gid": 1001],
        "noNewPrivileges": false, "capabilities": ["bounding": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]],
        "rlimits": [["type": "RLIMIT_NOFILE", "soft": 100, "hard": 200]], "oomScoreAdj": 300,
    ]

    func write(_ process: Value, _ container: Container) throws -> String {
        let path = container.bundle.scratch.directory + "/process.json"
        try Files.write(path, process.text(.compact))
        return path
    }

    @Test(arguments: ["-p", "--process"])
    func `the file has the whole process`(option: String) throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec([option, try write(process, container)], command: [])
        #expect(outcome.status == 3)
        let report = try outcome.report()
        #expect(report.strings("argv") == ["/bin/probe", "report", "--", "exit", "3"])
        #expect(report.variable("FILE") == "yes")
        #expect(report.variable("TERM") == nil)
        #expect(report["cwd"]?.string == "/tmp")
        #expect(report.integers("uid") == [1000, 1000, 1000, 1000])
        #expect(report.integers("gid") == [1001, 1001, 1001, 1001])
        #expect(report["noNewPrivs"]?.integer == 0)
        #expect(report.capabilities("bounding") == 1)
        #expect(report.limit("RLIMIT_NOFILE") == (UnderTest.isSwiftrun ? [100, 200] : [200, 200]), "Go raises its own")
    }

    @Test func `what it does not say is as for the container's process`() throws {
        let bundle = try waiting()
        bundle.set("/process/oomScoreAdj", 400)
        let container = try Container(bundle).running()
        let bare: Value = ["args": ["/bin/probe", "report"], "cwd": "/", "user": ["uid": 0, "gid": 0]]
        let report = try container.exec(["--process", try write(bare, container)], command: []).report()
        #expect(report.capabilities("bounding") == ExecProcessTests.configured, "else it had more rights than the container")
        #expect(report.capabilities("effective") == ExecProcessTests.configured)
        #expect(report.capabilities("inheritable") == 0)
        if UnderTest.isSwiftrun { #expect(report.limit("RLIMIT_NOFILE") == [1024, 1024], "runc leaves its own") }
        #expect(report["oomScoreAdj"]?.string == "400")
        #expect(report["noNewPrivs"]?.integer == 0, "what is false may be said by silence")
    }

    @Test func `it may be removed as soon as a detached exec returns`() throws {
        let container = try Container(try waiting()).running()
        var other = process
        other.set("/args", ["/bin/probe", "line", "--", "report"])
        let path = try write(other, container)
        let exec = try ExecShim(container, ["--process", path], command: [])
        try Files.remove(path)
        #expect(exec.runtime == .exited(0))
        _ = try exec.output.line()
        #expect(Report(try exec.output.value()).variable("FILE") == "yes")
        #expect(try exec.end() == .exited(0))
    }

    @Test func `it is read once, and need not be a file`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--process", "/dev/stdin"], command: [], input: .text(process.text(.compact)))
        #expect(outcome.status == 3, "\(outcome)")
        #expect(try outcome.report().variable("FILE") == "yes")
    }

    @Test func `with a terminal it needs a console socket when detached`() throws {
        let container = try Container(try waiting()).running()
        var other = process
        other.set("/terminal", true)
        let path = try write(other, container)
        let refused = try container.exec(["--process", path, "--detach"], command: [])
        #expect(refused.status == 255)
        #expect(refused.errors.contains("cannot allocate tty"))
        let socket = try ConsoleSocket()
        let exec = try ExecShim(container, ["--process", path, "--console-socket", socket.path], command: [])
        #expect(exec.runtime == .exited(0))
        let terminal = try socket.terminal()
        #expect(Report(try terminal.output.value())["terminals"] == [true, true, true])
        #expect(try exec.end() == .exited(3))
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "runc 1.1 has other words"),
        arguments: [
            ("{", "process: "), ("", "process: "), ("[]", "process"), (#"{"args":[],"cwd":"/"}"#, "args"), (#"{"cwd":"/"}"#, "args"),
            (#"{"args":["/bin/probe","out","ran"]}"#, "cwd"), (#"{"args":["/bin/probe","out","ran"],"cwd":"tmp"}"#, "cwd"),
            (#"{"args":["/bin/probe","out","ran"],"cwd":"/","env":["X\u0000=1"]}"#, "NUL"),
            (#"{"args":["/bin/probe","out","ran"],"cwd":"/","user":{"uid":-1}}"#, "uid"),
            (#"{"args":["/bin/probe","out","ran"],"cwd":"/","rlimits":[{"type":"RLIMIT_X","soft":1,"hard":1}]}"#, "RLIMIT_X"),
        ])
    func `a process that is none is refused`(text: String, word: String) throws {
        let container = try Container(try waiting()).running()
        let path = container.bundle.scratch.directory + "/process.json"
        try Files.write(path, text)
        let outcome = try container.exec(["--process", path], command: [])
        #expect(outcome.status == 255 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("swiftrun: exec failed: ") && outcome.errors.contains(word), "\(outcome.errors)")
    }

    @Test func `a file that is not there is named`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--process", "/no/such/process.json"], command: [])
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("/no/such/process.json"))
    }
}
