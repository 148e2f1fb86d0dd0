import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecDetachedTests {
    @Test func `exec returns with the process running, which is left to the subreaper`() throws {
        let container = try Container(try waiting()).running()
        let exec = try ExecShim(container, probe: "line", "--", "wait")
        #expect(exec.runtime == .exited(0))
        _ = try exec.output.line()
        #expect(try exec.output.value()["action"]?.string == "waiting")
        let pid = try exec.pid
        #expect(Files.text(exec.pidFile) == String(pid), "digits only, no newline")
        #expect(processes(inCgroup: container.bundle.cgroup).contains(pid))
        #expect(Files.entries(container.bundle.scratch.directory).filter { $0.hasPrefix(".") } == [], "no draft of the pid file")
        #expect(try execute(["kill", "-USR1", String(pid)]).status == 0)
        #expect(try exec.end() == .exited(64 + 10))
        #expect(try exec.output.rest().isEmpty && exec.errors.rest().isEmpty, "neither a word of exec's nor a copy of the streams")
    }

    @Test(arguments: [0, 5, 255])
    func `the subreaper gets the exit code`(code: Int32) throws {
        let exec = try ExecShim(try Container(try waiting()).running(), probe: "exit", String(code))
        #expect(exec.runtime == .exited(0))
        #expect(try exec.end() == .exited(code))
    }

    @Test func `a process that dies by a signal`() throws {
        let exec = try ExecShim(try Container(try waiting()).running(), probe: "signal", "9")
        #expect(try exec.end() == .killed(signal: 9))
    }

    @Test(arguments: [("nothing-of-this-name", "executable file not found in $PATH"), ("/bin/data", "Exec format error (ENOEXEC)")])
    func `a program that cannot be executed leaves no pid file`(program: String, words: String) throws {
        let bundle = try waiting()
        try Files.write(bundle.rootfs + "/bin/data", "no program", mode: 0o755)
        let container = try Container(bundle).running()
        let exec = try ExecShim(container, command: [program])
        #expect(exec.runtime == .exited(255))
        #expect(!Files.exists(exec.pidFile))
        let errors = String(decoding: try exec.errors.rest(), as: UTF8.self)
        #expect(errors.contains(words), "\(errors)")
        #expect(processes(inCgroup: container.bundle.cgroup) == [try container.pid])
    }

    @Test func `a pid file that cannot be written ends the process`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--detach", "--pid-file", "/nowhere/at/all.pid"], probe: "out", "ran", "--", "wait")
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("/nowhere/at"))
        if UnderTest.isSwiftrun { #expect(outcome.output.isEmpty, "it had not begun") }
        #expect(processes(inCgroup: container.bundle.cgroup) == [try container.pid])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 writes it when the process runs already"))
    func `the pid file stands while a process in the foreground runs`() throws {
        let container = try Container(try waiting()).running()
        let file = container.bundle.scratch.directory + "/exec.pid"
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                container.execWords(["--pid-file", file], probe: "wait"), environment: container.bundle.scratch.environment,
                descriptors: [nil, output.write, nil]))
        output.write.close()
        _ = try Stream(output.read).value()
        let pid = try #require(Int(Files.text(file)))
        #expect(processes(inCgroup: container.bundle.cgroup).contains(pid))
        exec.send(15)
        #expect(try exec.wait() == .exited(0))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no --pidfd-socket"))
    func `the pidfd socket gets the process`() throws {
        let container = try Container(try waiting()).running()
        let socket = try ConsoleSocket()
        let exec = try ExecShim(container, ["--pidfd-socket", socket.path], probe: "wait")
        let message = try socket.receive()
        #expect(String(decoding: message.bytes, as: UTF8.self) == "setns")
        #expect(message.descriptors.count == 1)
        #expect(message.isLast)
        let descriptor = try #require(message.descriptors.first)
        #expect(Files.text("/proc/self/fdinfo/\(descriptor.raw)").contains("Pid:\t\(try exec.pid)\n"))
        _ = try exec.output.line()
        #expect(try container.kill("KILL").status == 0)
        #expect(try exec.end() == .killed(signal: 9))
    }

    @Test func `descriptors are preserved as asked`() throws {
        let container = try Container(try waiting()).running()
        let scratch = container.bundle.scratch
        try Files.write(scratch.directory + "/a", "first")
        try Files.write(scratch.directory + "/b", "second")
        let descriptors = try ["/a", "/b"].map { try Descriptor.open(scratch.directory + $0, 0) }
        let both = try container.exec(
            ["--preserve-fds", "2"], probe: "read", "3", "--", "read", "4", "--", "report", descriptors: descriptors)
        #expect(try both.lines().prefix(2).map { $0["content"]?.string } == ["first", "second"])
        #expect(try both.report().descriptors == [0, 1, 2, 3, 4])
        let one = try container.exec(["--preserve-fds", "1"], probe: "report", descriptors: descriptors)
        #expect(try one.report().descriptors == [0, 1, 2, 3])
        let none = try container.exec(probe: "report", descriptors: descriptors)
        #expect(try none.report().descriptors == [0, 1, 2])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 lets it be")) func `a preserved descriptor that is not there is an error`() throws {
        let container = try Container(try waiting()).running()
        let descriptor = try Descriptor.open("/dev/null", 0)
        let outcome = try container.exec(["--preserve-fds", "2"], probe: "out", "ran", descriptors: [descriptor])
        #expect(outcome.status == 255 && outcome.output.isEmpty, "\(outcome)")
    }
}
