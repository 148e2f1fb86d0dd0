import JSON
import TestKit
import Testing

// The calls of containerd's shim, argument for argument, and what it makes of the answers.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ShimTests {
    func call(_ words: String..., log: String) throws -> Outcome { try swiftrun(["--log", log, "--log-format", "json"] + words) }

    /// The text that containerd would show: the last error of the log.
    func lastError(_ log: String) throws -> String? {
        try Files.text(log).split(separator: "\n").map { try parse(Array($0.utf8)) }.last { $0["level"]?.string == "error" }?["msg"]?.string
    }

    @Test func `a container's whole life`() throws {
        let bundle = try waiting()
        let log = bundle.path + "/log.json"
        let container = try Container(bundle)
        #expect(try container.create(globals: ["--log", log, "--log-format", "json"]).status == 0)
        #expect(Int(Files.text(container.pidFile)) != nil)
        #expect(try call("start", container.id, log: log).status == 0)
        #expect(try container.output?.value()["action"]?.string == "waiting")
        #expect(try call("kill", container.id, "15", log: log).status == 0)
        #expect(try container.end() == .exited(0))
        #expect(try call("delete", container.id, log: log).status == 0)
        #expect(Files.text(log) == "" || !Files.text(log).contains("\"error\""))
    }

    @Test func `its last calls come when the container is gone already`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let log = bundle.path + "/log.json"
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        #expect(try call("kill", "--all", container.id, "9", log: log).status == 0)
        let kill = try call("kill", container.id, "9", log: log)
        #expect(kill.status == 1)
        #expect(kill.errors.contains("container not running"), "taken for: the process is gone")
        #expect(try call("delete", container.id, log: log).status == 0)
        let again = try call("delete", container.id, log: log)
        #expect(again.status == 1)
        #expect(again.errors.contains("does not exist"), "taken for success")
        #expect(try call("delete", "--force", container.id, log: log).status == 0)
    }

    @Test func `an error of create is in the log, word for word`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["foo"])
        try bundle.save()
        let log = bundle.path + "/log.json"
        let outcome = try call("create", "--bundle", bundle.path, "--pid-file", bundle.path + "/init.pid", "x", log: log)
        #expect(outcome.status == 1)
        let text = try #require(try lastError(log))
        #expect(text.contains("exec: \"foo\": executable file not found in $PATH"))
        #expect(!Files.exists(bundle.path + "/init.pid"))
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "runc tries"),
        arguments: [
            [
                "checkpoint", "--image-path", "/i", "--work-path", "/w", "--parent-path", "/p", "--tcp-established", "--ext-unix-sk",
                "--shell-job", "--file-locks",
                "--manage-cgroups-mode", "soft", "--empty-ns", "network", "--leave-running", "box",
            ],
            [
                "restore", "--image-path", "/i", "--work-path", "/w", "--detach", "--pid-file", "/b/init.pid", "--no-pivot",
                "-no-subreaper", "--bundle", "/b",
                "box",
            ],
        ])
    func `what is not supported is refused by name, whatever the options`(words: [String]) throws {
        let log = try Scratch.required().directory + "/log.json"
        let outcome = try swiftrun(["--log", log, "--log-format", "json"] + words)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("\(words[0]) is not supported"), "\(outcome)")
        #expect(try lastError(log)?.hasPrefix("\(words[0]) is not supported") == true)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "wording"), arguments: ["sysctl", "mount", "root"])
    func `docker takes no other failure for a missing program`(kind: String) throws {
        let bundle = try Bundle()
        switch kind {
        case "sysctl": bundle.set("/linux/sysctl", ["net.no.such": "1"])
        case "mount": bundle.mount("/here", "bind", "/no/such/source", ["bind"])
        default: bundle.set("/root/path", "missing")
        }
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        let text = outcome.errors.lowercased()
        for phrase in ["permission denied", "is a directory", "not a directory", "executable file not found", "no such file or directory"] {
            #expect(!text.contains(phrase), "docker would answer 126 or 127: \(outcome)")
        }
    }
}
