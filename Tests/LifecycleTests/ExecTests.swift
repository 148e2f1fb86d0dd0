import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecTests {
    @Test func `the exit status is that of the process`() throws {
        let container = try Container(try waiting()).running()
        for status: Int32 in [0, 1, 3, 125, 126, 127, 254, 255] {
            let outcome = try container.exec(probe: "exit", String(status))
            #expect(outcome.status == status)
            #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty, "not a word of exec's own")
        }
        #expect(try container.status() == "running")
    }

    @Test func `a signal that ends the process is told as 128 and its number`() throws {
        let container = try Container(try waiting()).running()
        for signal: Int32 in [1, 2, 6, 9, 11, 15] {
            #expect(try container.exec(probe: "signal", String(signal)).status == 128 + signal)
        }
    }

    @Test func `what follows the id is the command, dashes or not`() throws {
        let container = try Container(try waiting()).running()
        let words = ["/bin/probe", "report", "--", "out", "--tty", "--", "out", "-h", "--", "out", "--force=true"]
        let outcome = try container.exec(["--env", "A=1"], command: words)
        #expect(try Report(outcome.output.split(separator: "\n").first.map { try parse(Array($0.utf8)) } ?? .null).strings("argv") == words)
        #expect(outcome.output.hasSuffix("\n--tty\n-h\n--force=true\n"))
    }

    @Test(arguments: [("TERM", 15), ("HUP", 1), ("INT", 2), ("USR1", 10)])
    func `signals to exec reach the process`(name: String, number: Int) throws {
        let container = try Container(try waiting()).running()
        let exec = try container.startExec(probe: "wait")
        exec.send(Int32(number))
        #expect(try exec.wait() == .exited(number == 15 ? 0 : 64 + Int32(number)))
        #expect(try container.status() == "running", "the container's own process is not meant")
    }

    @Test func `the end of the container is the end of the process`() throws {
        let container = try Container(try waiting()).running()
        let exec = try container.startExec(probe: "ignore-term")
        #expect(try container.kill("KILL").status == 0)
        #expect(try exec.wait() == .exited(137))
    }

    @Test(arguments: [
        ("nothing-of-this-name", "exec: \"nothing-of-this-name\": executable file not found in $PATH"),
        ("/no/such/program", "no such file or directory"), ("/etc/passwd", "exec: \"/etc/passwd\": permission denied"),
    ])
    func `a program that cannot be run is told with the code 255`(program: String, words: String) throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(command: [program])
        #expect(outcome.status == 255)
        #expect(outcome.outputBytes.isEmpty)
        #expect(outcome.errors.contains("exec failed: "))
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 sees it at execve only")) func `a directory is no program`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(command: ["/etc"])
        #expect(outcome.status == 255)
        #expect(outcome.errors == "swiftrun: exec failed: exec: \"/etc\": is a directory: permission denied\n")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has seen it too late"))
    func `a file that the kernel cannot execute is told with the code 255`() throws {
        let bundle = try waiting()
        try Files.write(bundle.rootfs + "/bin/broken", "no program", mode: 0o755)
        let container = try Container(bundle).running()
        let outcome = try container.exec(command: ["/bin/broken"])
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("exec failed: exec: \"/bin/broken\""))
        let detached = try ExecShim(container, command: ["/bin/broken"])
        #expect(detached.runtime == .exited(255))
    }

    @Test func `an error is one record in the log`() throws {
        let container = try Container(try waiting()).running()
        let log = container.bundle.scratch.directory + "/log.json"
        let outcome = try swiftrun("--log", log, "--log-format", "json", "exec", container.id, "nothing-of-this-name")
        #expect(outcome.status == 255)
        let record = try parse(Array(Files.text(log).utf8))
        #expect(record["level"]?.string == "error")
        #expect(record["msg"]?.string?.hasPrefix("exec failed: ") == true)
    }

    @Test func `a container that was never created does not exist`() throws {
        let outcome = try swiftrun("exec", "ghost", "true")
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("exec failed: container does not exist"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 crashes")) func `without a command nothing is run`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(command: [])
        #expect(outcome.status == 255)
        #expect(outcome.errors == "swiftrun: exec failed: process args cannot be empty\n")
    }

    @Test func `in a stopped container nothing can be run`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let outcome = try container.exec(probe: "exit", "0")
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("exec failed: cannot exec in a stopped container"))
    }

    @Test func `a created container takes a process before its own`() throws {
        let bundle = try Bundle()
        bundle.probe("out", "own", "--", "exit", "5")
        let container = try Container(bundle).created()
        let report = try container.execReport()
        #expect(report["hostname"]?.string == "runc")
        #expect(try container.status() == "created")
        #expect(try container.start().status == 0)
        #expect(try container.outcome().output == "own\n")
        #expect(try container.end() == .exited(5))
    }

    @Test func `a paused container refuses`() throws {
        let container = try Container(try waiting()).running()
        try container.setFrozen(true)
        let outcome = try container.exec(probe: "exit", "0")
        try container.setFrozen(false)
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("exec failed: cannot exec in a paused container (use --ignore-paused to override)"))
    }

    @Test func `with ignore-paused the process waits until the container goes on`() throws {
        let container = try Container(try waiting()).running()
        try container.setFrozen(true)
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                container.execWords(["--ignore-paused"], probe: "out", "late", "--", "exit", "6"),
                environment: container.bundle.scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        let deadline = Deadline.usual
        while processes(inCgroup: container.bundle.cgroup).count < 2 && !deadline.hasPassed {}
        let stream = Stream(output.read)
        #expect(try stream.available() == [])
        try container.setFrozen(false)
        #expect(try exec.wait() == .exited(6))
        #expect(try stream.line() == "late")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc reads config.json again")) func `later changes of config json do not matter`() throws {
        let bundle = try waiting()
        let container = try Container(bundle).running()
        bundle.set("/process/env", ["X=second"])
        bundle.set("/process/user/uid", 1000)
        try bundle.save()
        let report = try container.execReport()
        #expect(report.variable("X") == nil)
        #expect(report.integers("uid") == [0, 0, 0, 0])
        try Files.remove(bundle.path + "/config.json")
        #expect(try container.exec(probe: "exit", "4").status == 4)
    }
}
