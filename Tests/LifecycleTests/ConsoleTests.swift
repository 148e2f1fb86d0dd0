import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ConsoleTests {
    /// A bundle with a terminal.
    func terminal(_ words: String...) throws -> Bundle {
        let bundle = try Bundle()
        bundle.set("/process/terminal", true)
        bundle.set("/process/args", Value(["/bin/probe"] + words))
        return bundle
    }

    /// `run` in a terminal of its own.
    func interactive(_ bundle: Bundle, _ id: String) throws -> (terminal: Terminal, run: Program) {
        try bundle.save()
        let terminal = try Terminal()
        let scratch = bundle.scratch
        let run = try terminal.run(
            UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "run", "--bundle", bundle.path, id]), environment: scratch.environment)
        return (terminal, run)
    }

    @Test func `the master arrives at the console socket`() throws {
        let bundle = try terminal("report", "--", "stat", "/dev/console", "/proc/self/fd/0")
        bundle.set("/process/consoleSize", ["height": 31, "width": 117])
        let socket = try ConsoleSocket()
        let container = try Container(bundle).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        #expect(terminal.isTerminal)
        #expect(terminal.size == (31, 117))
        #expect(try container.start().status == 0)
        let report = Report(try terminal.output.value())
        #expect(report["terminals"] == [true, true, true])
        #expect(report["controllingTerminal"] == true)
        #expect(report["windowSize"] == [31, 117])
        #expect(report.target(ofDescriptor: 0)?.hasPrefix("/dev/pts/") == true)
        #expect(report.descriptors == [0, 1, 2])
        #expect(report.mount(at: "/dev/console")?.type == "devpts")
        let console = try terminal.output.value()
        #expect(console["type"]?.string == "character device")
        #expect(console["major"]?.integer == 136)
        #expect(try container.end() == .exited(0))
    }

    @Test func `one message with one descriptor, then the end`() throws {
        let socket = try ConsoleSocket()
        let container = try Container(try terminal("wait")).created("--console-socket", socket.path)
        let message = try socket.receive()
        #expect((1...4095).contains(message.bytes.count))
        #expect(message.descriptors.count == 1)
        #expect(message.isLast)
        #expect(try container.status() == "created")
    }

    @Test func `with a terminal the caller's own streams are let go`() throws {
        // containerd's shim reads them to their end before it goes on.
        let socket = try ConsoleSocket()
        let container = try Container(try terminal("wait")).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        #expect(try container.output?.rest() == [])
        #expect(try container.errors?.rest() == [])
        #expect(try container.start().status == 0)
        _ = try terminal.output.wait(for: "waiting")
        #expect(try container.status() == "running")
    }

    @Test func `keys reach the process and its answer comes back`() throws {
        let socket = try ConsoleSocket()
        let container = try Container(try terminal("line", "--", "exit", "4")).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        try container.start()
        terminal.send("typed\n")
        _ = try terminal.output.wait(for: "\"content\":\"typed\"")
        #expect(try container.end() == .exited(4))
    }

    @Test func `the terminal's resizing reaches the process`() throws {
        let socket = try ConsoleSocket()
        let container = try Container(try terminal("window", "50", "132")).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        try container.start()
        _ = try terminal.output.wait(for: "waiting")
        terminal.resize(rows: 50, columns: 132)
        _ = try terminal.output.wait(for: "[50,132]")
        #expect(try container.end() == .exited(0))
    }

    @Test func `the size stays as it is unless both numbers are there`() throws {
        let bundle = try terminal("wait")
        bundle.set("/process/consoleSize", ["height": 0, "width": 100])
        let socket = try ConsoleSocket()
        let container = try Container(bundle).created("--console-socket", socket.path)
        #expect(try socket.terminal().size == (0, 0))
        _ = container
    }

    @Test func `the size is ignored without a terminal`() throws {
        let bundle = try Bundle()
        bundle.set("/process/consoleSize", ["height": 10, "width": 100])
        #expect(try bundle.report()["windowSize"] == .null)
    }

    @Test func `a terminal belongs to the process's user`() throws {
        let bundle = try terminal("stat", "/dev/console", "--", "open", "/dev/tty", "rw", "--", "open", "/proc/self/fd/0", "rw")
        bundle.set("/process/user", ["uid": 1000, "gid": 1000])
        let socket = try ConsoleSocket()
        let container = try Container(bundle).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        try container.start()
        #expect(try terminal.output.value()["uid"]?.integer == 1000)
        #expect(try terminal.output.value()["result"]?.integer == 0)
        #expect(try terminal.output.value()["result"]?.integer == 0)
    }

    @Test func `in a user namespace too`() throws {
        let bundle = try terminal("report")
        bundle.namespace("user", "")
        bundle.set("/linux/uidMappings", [["containerID": 0, "hostID": 100_000, "size": 1000]])
        bundle.set("/linux/gidMappings", [["containerID": 0, "hostID": 100_000, "size": 1000]])
        let socket = try ConsoleSocket()
        let container = try Container(bundle).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        try container.start()
        let report = Report(try terminal.output.value())
        #expect(report["terminals"] == [true, true, true])
        #expect(report.mount(at: "/dev/console") != nil)
    }

    @Test func `detached with a terminal there has to be a socket`() throws {
        for verb in [["create"], ["run", "--detach"]] {
            let bundle = try terminal("wait")
            try bundle.save()
            let outcome = try swiftrun(verb + ["--bundle", bundle.path, "x"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("cannot allocate tty if runc will detach without setting console socket"))
        }
    }

    @Test func `a socket without a terminal is an error`() throws {
        let bundle = try waiting()
        let socket = try ConsoleSocket()
        let outcome = try Container(bundle).create("--console-socket", socket.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot use console socket if runc will not detach or allocate tty"))
    }

    @Test func `a socket that is not there undoes create`() throws {
        let bundle = try terminal("wait")
        let outcome = try Container(bundle).create("--console-socket", "/no/such/socket")
        #expect(outcome.status == 1)
        #expect(outcome.tells("ENOENT"))
    }

    @Test func `run gives the container the caller's terminal`() throws {
        let (terminal, run) = try interactive(try terminal("line", "--", "report", "--", "exit", "6"), "x")
        terminal.send("hello\r")
        _ = try terminal.output.wait(for: "\"content\":\"hello\"")
        #expect(try run.wait() == .exited(6))
    }

    @Test func `run carries the size over, and every change of it`() throws {
        let bundle = try terminal("window", "30", "90", "--", "window", "40", "91", "--", "window", "41", "92")
        try bundle.save()
        let terminal = try Terminal()
        terminal.resize(rows: 30, columns: 90)
        let scratch = bundle.scratch
        let run = try terminal.run(
            UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "run", "--bundle", bundle.path, "x"]), environment: scratch.environment)
        _ = try terminal.output.wait(for: "[30,90]")
        terminal.resize(rows: 40, columns: 91)
        _ = try terminal.output.wait(for: "[40,91]")
        terminal.resize(rows: 41, columns: 92)
        _ = try terminal.output.wait(for: "[41,92]")
        #expect(try run.wait() == .exited(0))
    }

    @Test func `an interrupt key is for the process and not for run`() throws {
        let (terminal, run) = try interactive(try terminal("wait"), "x")
        _ = try terminal.output.wait(for: "waiting")
        terminal.send("\u{3}")
        #expect(try run.wait() == .exited(64 + 2), "SIGINT")
    }

    @Test func `the caller's terminal is as it was`() throws {
        let before = try settings(of: try Terminal())
        let bundle = try terminal("out", "done")
        try bundle.save()
        let terminal = try Terminal()
        let scratch = bundle.scratch
        // A shell holds the terminal beyond run.
        let command = UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "run", "--bundle", bundle.path, "x"])
        let shell = try terminal.run(["sh", "-c", "\"$@\"; echo status $?; stty -a; echo end", "sh"] + command, environment: scratch.environment)
        _ = try terminal.output.wait(for: "done")
        _ = try terminal.output.wait(for: "status 0")
        #expect(try terminal.output.wait(for: "end").contains(before))
        _ = try shell.wait()
    }

    func settings(of terminal: Terminal) throws -> String {
        let shell = try terminal.run(["sh", "-c", "stty -a; echo end"], environment: Environment.plain)
        let text = try terminal.output.wait(for: "end")
        _ = try shell.wait()
        return String(text.dropLast(3))
    }

    @Test func `much output through a terminal arrives whole`() throws {
        let bundle = try terminal("cat", "/big", "--", "out", "the end")
        try Files.write(bundle.rootfs + "/big", String(repeating: "0123456789abcdef", count: 32_768))
        let (terminal, run) = try interactive(bundle, "x")
        let text = try terminal.output.wait(for: "the end")
        #expect(text.filter { $0 == "f" }.count >= 32_768)
        #expect(try run.wait() == .exited(0))
    }

    @Test func `hanging up run's terminal ends the container`() throws {
        let bundle = try terminal("wait")
        var started: (terminal: Terminal, run: Program)? = try interactive(bundle, "x")
        let run = try #require(started).run
        _ = try started?.terminal.output.wait(for: "waiting")
        started = nil
        _ = try run.wait()
    }
}
