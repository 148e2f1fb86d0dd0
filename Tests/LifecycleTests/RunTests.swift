import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct RunTests {
    @Test(arguments: [0, 1, 3, 42, 125, 126, 127, 255])
    func `the exit status is that of the process`(status: Int32) throws {
        let bundle = try Bundle()
        bundle.probe("exit", String(status))
        let outcome = try bundle.run()
        #expect(outcome.status == status)
        #expect(outcome.errorBytes.isEmpty)
    }

    @Test(arguments: [1, 9, 15])
    func `a signal that ends the process is told as 128 and its number`(signal: Int32) throws {
        let bundle = try Bundle()
        // Of a pid namespace the first process ignores what it does not catch, but for signals from outside.
        bundle.namespace("pid", nil)
        bundle.probe("signal", String(signal))
        #expect(try bundle.run().status == 128 + signal)
    }

    @Test func `a crash is told as 128 and its signal`() throws {
        let bundle = try Bundle()
        bundle.probe("signal", "11")
        #expect(try bundle.run().status == 128 + 11)
    }

    @Test func `stdin, stdout and stderr are those of run`() throws {
        let bundle = try Bundle()
        bundle.probe("line", "--", "line", "--", "err", "to stderr", "--", "out", "to stdout")
        let outcome = try bundle.run(input: .text("hi\n"))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.contains("\"content\":\"hi\",\"end\":false") == true)
        #expect(lines.dropFirst().first?.contains("\"content\":\"\",\"end\":true") == true, "the end of stdin arrives")
        #expect(lines.last == "to stdout")
        #expect(outcome.errors == "to stderr\n")
    }

    @Test func `much output arrives whole`() throws {
        let bundle = try Bundle()
        let line = String(repeating: "0123456789abcdef", count: 64)
        try Files.write(bundle.rootfs + "/big", (0..<2048).map { "\($0) \(line)" }.joined(separator: "\n"))
        bundle.probe("cat", "/big")
        let content = try bundle.run().answer("cat")["content"]?.string
        #expect(content?.utf8.count == Int(Files.facts(bundle.rootfs + "/big")?.size ?? 0))
        #expect(content?.hasSuffix("2047 " + line) == true)
    }

    @Test func `the container is gone afterwards`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        try bundle.save()
        #expect(try swiftrun("run", "--bundle", bundle.path, "x").status == 0)
        #expect(try swiftrun("state", "x").errors.contains("container does not exist"))
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test func `keep leaves it stopped`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "3")
        try bundle.save()
        #expect(try swiftrun("run", "--keep", "--bundle", bundle.path, "x").status == 3)
        #expect(try swiftrun("state", "x").json()["status"]?.string == "stopped")
        #expect(try swiftrun("delete", "x").status == 0)
    }

    @Test func `detached it returns with the container running`() throws {
        let container = try Container(try waiting())
        let outcome = try container.runDetached()
        #expect(outcome.status == 0)
        #expect(try container.output?.value()["action"]?.string == "waiting")
        #expect(try container.status() == "running")
        #expect(try container.pid == container.state()["pid"]?.integer)
        try container.kill("TERM")
        #expect(try container.end() == .exited(0))
        #expect(try container.status() == "stopped", "nobody deletes a detached container")
    }

    @Test(arguments: ["TERM", "HUP", "INT", "USR1"])
    func `signals to run reach the process`(name: String) throws {
        let numbers: [String: Int32] = ["HUP": 1, "INT": 2, "USR1": 10, "TERM": 15]
        let number = try #require(numbers[name])
        let bundle = try waiting()
        let (run, output) = try runInForeground(bundle)
        #expect(try output.value()["action"]?.string == "waiting")
        run.send(number)
        #expect(try run.wait() == .exited(number == 15 ? 0 : 64 + number))
    }

    @Test func `what the first process leaves ends with its pid namespace`() throws {
        let bundle = try Bundle()
        bundle.probe("spawn", "--", "exit", "7")
        #expect(try bundle.run().status == 7)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves the rest and the cgroup"))
    func `without a pid namespace of its own run ends what is left too`() throws {
        let bundle = try Bundle()
        bundle.namespace("pid", nil)
        bundle.probe("spawn", "--", "exit", "7")
        #expect(try bundle.run().status == 7)
    }

    @Test func `a run that fails exits with 1 and tells why`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["no-such-program"])
        let outcome = try bundle.run()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("exec: \"no-such-program\": executable file not found in $PATH"))
    }

    @Test func `the pid file stands while it runs`() throws {
        let bundle = try waiting()
        let file = bundle.scratch.directory + "/x.pid"
        let (run, output) = try runInForeground(bundle, "--pid-file", file)
        _ = try output.value()
        #expect(try swiftrun("state", "x").json()["pid"]?.integer == Int(Files.text(file)))
        run.send(15)
        #expect(try run.wait() == .exited(0))
    }

    @Test func `killed from elsewhere it tells the signal`() throws {
        let bundle = try waiting()
        let (run, output) = try runInForeground(bundle)
        _ = try output.value()
        #expect(try swiftrun("kill", "x", "KILL").status == 0)
        #expect(try run.wait() == .exited(137))
    }
}

/// `run` in the foreground as container x, and its output.
private func runInForeground(_ bundle: Bundle, _ options: String...) throws -> (Program, Stream) {
    try bundle.save()
    let scratch = bundle.scratch
    let output = try Descriptor.pipe()
    let words = [UnderTest.binary, "--root", scratch.root, "run"] + options + ["--bundle", bundle.path, "x"]
    let run = try Program(
        Program.Request(UnderTest.view.command(words), environment: scratch.environment, descriptors: [nil, output.write, nil]))
    output.write.close()
    return (run, Stream(output.read))
}
