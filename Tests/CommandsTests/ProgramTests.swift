import JSON
import TestKit
import Testing

/// The executable as a stranger calls it.
private func run(_ arguments: String..., environment: [String] = Environment.plain, directory: String? = nil) throws -> Outcome {
    try execute([UnderTest.binary] + arguments, environment: environment, directory: directory)
}

@Suite(.machineUnchanged, .enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own arguments")) struct ProgramTests {
    @Test(arguments: [["--version"], ["-v"], ["--debug", "--version"], ["--log-format", "json", "-v"]])
    func `the version has the lines that engines look for`(arguments: [String]) throws {
        let outcome = try execute([UnderTest.binary] + arguments)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("swiftrun version 0.") == true)
        #expect(lines.contains { $0.hasPrefix("commit: ") })
        #expect(lines.contains("spec: 1.3.0"))
        #expect(lines.contains { $0.hasPrefix("libseccomp: 2.") })
    }

    @Test(arguments: [
        ["create"], ["create", "a", "b"], ["create", "--fly", "a"], ["fly"], ["--fly"], ["kill", "a", "FLY"], ["list", "-f", "xml"],
        ["--log-format", "xml", "list"], ["--root", "/", "list"], ["run", "--console-socket", "s", "a"], ["completion", "tcsh"],
    ])
    func `wrong arguments exit with 1 and say one line on standard error`(arguments: [String]) throws {
        let outcome = try execute([UnderTest.binary] + arguments)
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("swiftrun: "))
        #expect(outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
    }

    @Test func `wrong arguments are one JSON record in the log, and on standard error`() throws {
        let log = try Scratch.required().directory + "/log.json"
        let outcome = try run("--log", log, "--log-format", "json", "create")
        #expect(outcome.status == 1)
        let text = Files.text(log)
        let record = try parse(Array(text.utf8))
        #expect(record["level"] == "error")
        #expect(record["msg"] == "missing expected argument '<container-id>' (see 'swiftrun create --help')")
        #expect(record["time"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(text.hasSuffix("}\n"))
        #expect(outcome.errors == "missing expected argument '<container-id>' (see 'swiftrun create --help')\n")
        #expect(Files.facts(log).map { $0.mode & 0o777 } == 0o644)
    }

    @Test(arguments: [
        ["--log-format", "xml", "list"], ["--fly", "create"], ["--root"], ["fly"], ["--rootless=maybe", "list"], ["--root", "/", "list"],
        ["exec"], ["state", "a", "b"], ["ps"], ["update", "--cpu-share", "many", "a"], ["events", "--interval", "0s", "a"],
        ["--debug", "create", "--bundle", "/no/such/bundle", "a"], ["--debug", "run", "--bundle", "/no/such/bundle", "a"], ["delete", "a/b"],
    ])
    func `whatever fails is one JSON record in the log, wherever the log is named`(arguments: [String]) throws {
        let directory = try Scratch.required().directory
        let verb = arguments.firstIndex { $0.first?.isLetter == true && $0 != "xml" } ?? arguments.count
        let isCut = arguments == ["--root"]
        for place in Set([0, isCut ? 0 : verb]) {
            let log = directory + "/log\(place)"
            let format = arguments.first == "--log-format" ? [] : ["--log-format", "json"]
            var words = arguments
            words.insert(contentsOf: ["--log", log] + format, at: place)
            let outcome = try execute([UnderTest.binary] + words)
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            let lines = Files.text(log).split(separator: "\n")
            #expect(lines.count == 1, "\(words): \(lines)")
            let record = try parse(Array((lines.first ?? "").utf8))
            #expect(record["level"] == "error")
            // What --debug shows comes before.
            #expect(outcome.errors.split(separator: "\n").last.map(String.init) == record["msg"]?.string, "\(outcome)")
        }
    }

    @Test func `debug output is for standard error`() throws {
        let log = try Scratch.required().directory + "/log"
        let outcome = try run("--debug", "--log", log, "--log-format", "json", "create", "--bundle", "/no/such/bundle", "a")
        #expect(outcome.errors.split(separator: "\n").first?.hasPrefix("swiftrun: debug: no plan: ") == true)
        #expect(Files.text(log).split(separator: "\n").count == 1)
        let records = try run("--debug", "--log-format", "json", "create", "--bundle", "/no/such/bundle", "a")
        #expect(try records.errors.split(separator: "\n").map { try parse(Array($0.utf8))["level"] } == ["debug", "error"])
    }

    @Test func `the log is appended to, never cut`() throws {
        let log = try Scratch.required().directory + "/log"
        try Files.write(log, "before\n")
        _ = try run("--log", log, "kill", "a", "FLY")
        let lines = Files.text(log).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "before")
        #expect(lines.last?.hasPrefix("time=\"") == true)
        #expect(lines.last?.hasSuffix(#" level=error msg="unknown signal \"FLY\"""#) == true)
    }

    @Test func `success makes the log and writes nothing into it`() throws {
        let log = try Scratch.required().directory + "/log"
        #expect(try run("--log", log, "--log-format", "json", "features").status == 0)
        #expect(Files.read(log) == [])
    }

    @Test func `a log that cannot be opened is an error that names it`() throws {
        let outcome = try run("--log", "/proc/nowhere/log", "features")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("swiftrun: log: open /proc/nowhere/log: "))
    }

    @Test func `the JSON format without a log is for standard error`() throws {
        let outcome = try run("--log-format", "json", "kill", "a", "FLY")
        #expect(outcome.status == 1)
        #expect(try parse(outcome.errorBytes)["msg"] == #"unknown signal "FLY""#)
    }

    @Test func `help goes to standard output`() throws {
        for arguments in [["--help"], ["help"], [], ["create", "--help"], ["help", "kill"]] {
            let outcome = try execute([UnderTest.binary] + arguments)
            #expect(outcome.status == 0)
            #expect(outcome.errors.isEmpty)
            #expect(outcome.output.contains("USAGE: swiftrun"))
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a completion script knows the verbs`(shell: String) throws {
        let outcome = try run("completion", shell)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("create") && outcome.output.contains("console-socket"))
    }

    @Test func `a closed standard stream does not let the log take its number`() throws {
        let log = try Scratch.required().directory + "/log"
        // Else what is said on standard error, or printed, would end up in the log.
        let silent = try execute(["sh", "-c", #"exec "$0" --log "$1" kill a FLY 2>&-"#, UnderTest.binary, log])
        #expect(silent.status == 1)
        #expect(Files.text(log).split(separator: "\n").count == 1)
        let printed = try execute(["sh", "-c", #"exec "$0" --log "$1" features >&-"#, UnderTest.binary, log])
        #expect(printed.status == 0)
        #expect(Files.text(log).split(separator: "\n").count == 1)
    }

    @Test func `an output that takes nothing is an error, not a crash`() throws {
        let full = try execute(["sh", "-c", #"exec "$0" --version > /dev/full"#, UnderTest.binary])
        #expect(full.status == 1)
        #expect(full.errors.hasPrefix("swiftrun: write standard output: "))
        let readonly = try execute(["sh", "-c", #"exec "$0" --version 1< /dev/null"#, UnderTest.binary])
        #expect(readonly.status == 1)
        let silent = try execute(["sh", "-c", #"exec "$0" kill a FLY 1< /dev/null 2< /dev/null"#, UnderTest.binary])
        #expect(silent.status == 1)
    }

    @Test func `a reader that has gone is an error, not a signal`() throws {
        let outcome = try execute(["bash", "-c", #"exec 3> >(exec true); wait $!; exec "$0" features >&3"#, UnderTest.binary])
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.hasPrefix("swiftrun: write standard output: "))
    }

    @Test func `a user's own root directory is made with the sticky bit`() throws {
        let directory = try Scratch.required().directory
        let environment = Environment.plain + ["XDG_RUNTIME_DIR=" + directory]
        _ = try execute(["unshare", "--user", "--map-root-user", UnderTest.binary, "list"], environment: environment)
        #expect(Files.facts(directory + "/swiftrun").map { $0.mode & 0o7777 } == 0o1700)
    }
}
