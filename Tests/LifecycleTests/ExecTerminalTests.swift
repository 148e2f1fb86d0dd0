import Glibc
import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecTerminalTests {
    /// `exec --tty` in a terminal of its own; the slave stays open, so that its modes can be looked at.
    func interactive(_ container: Container, _ words: [String], size: (rows: Int, columns: Int) = (24, 80)) throws -> (
        terminal: Terminal, exec: Program, slave: Descriptor
    ) {
        let terminal = try Terminal()
        terminal.resize(rows: size.rows, columns: size.columns)
        let slave = try Descriptor.open(terminal.path, O_RDWR | O_NOCTTY)
        let scratch = container.bundle.scratch
        let command = UnderTest.view.command(
            [UnderTest.binary, "--root", scratch.root, "exec", "--tty", container.id, "/bin/probe"] + words)
        return (terminal, try terminal.run(command, environment: scratch.environment), slave)
    }

    func modes(_ slave: Descriptor) -> [UInt32] {
        var modes = termios()
        unsafe tcgetattr(slave.raw, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    }

    @Test func `the process has a terminal of the container with the size of ours`() throws {
        let container = try Container(try waiting()).running()
        let (terminal, exec, slave) = try interactive(container, ["report", "--", "exit", "5"], size: (33, 101))
        let report = Report(try terminal.output.value())
        #expect(report["terminals"] == [true, true, true])
        #expect(report["controllingTerminal"] == true)
        #expect(report["windowSize"] == [33, 101])
        #expect(report.target(ofDescriptor: 0)?.hasPrefix("/dev/pts/") == true)
        #expect(report.descriptors == [0, 1, 2])
        #expect(report["sid"] == report["pid"])
        #expect(try exec.wait() == .exited(5))
        _ = slave
    }

    @Test func `ours is raw while it runs and as before afterwards`() throws {
        let container = try Container(try waiting()).running()
        let (terminal, exec, slave) = try interactive(container, ["line", "--", "line", "--", "exit", "6"])
        terminal.send("first\r")
        _ = try terminal.output.wait(for: "\"content\":\"first\"")
        #expect(modes(slave)[3] & UInt32(ECHO | ICANON | ISIG) == 0, "the process's terminal does all that")
        terminal.send("second\r")
        #expect(try exec.wait() == .exited(6))
        #expect(modes(slave)[3] & UInt32(ECHO | ICANON | ISIG) == UInt32(ECHO | ICANON | ISIG))
        #expect(modes(slave)[1] & UInt32(OPOST) != 0)
    }

    @Test func `it is as before after a failure too`() throws {
        let container = try Container(try waiting()).running()
        let terminal = try Terminal()
        let slave = try Descriptor.open(terminal.path, O_RDWR | O_NOCTTY)
        let before = modes(slave)
        let scratch = container.bundle.scratch
        let exec = try terminal.run(
            UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "exec", "--tty", container.id, "nothing-of-this-name"]),
            environment: scratch.environment)
        _ = try terminal.output.wait(for: "executable file not found in $PATH")
        #expect(try exec.wait() == .exited(255))
        #expect(modes(slave) == before)
    }

    @Test func `resizing ours resizes the process's`() throws {
        let container = try Container(try waiting()).running()
        let (terminal, exec, slave) = try interactive(container, ["window", "50", "132"])
        _ = try terminal.output.wait(for: "waiting")
        terminal.resize(rows: 50, columns: 132)
        _ = try terminal.output.wait(for: "[50,132]")
        #expect(try exec.wait() == .exited(0))
        _ = slave
    }

    @Test func `the interrupt key is the process's`() throws {
        let container = try Container(try waiting()).running()
        let (terminal, exec, slave) = try interactive(container, ["wait"])
        _ = try terminal.output.wait(for: "waiting")
        terminal.send("\u{3}")
        #expect(try exec.wait() == .exited(64 + 2))
        _ = slave
    }

    @Test func `detached its master goes to the console socket`() throws {
        let container = try Container(try waiting()).running()
        let socket = try ConsoleSocket()
        let exec = try ExecShim(container, ["--tty", "--console-socket", socket.path], probe: "report", "--", "line", "--", "exit", "8")
        #expect(exec.runtime == .exited(0))
        let terminal = try socket.terminal()
        let report = Report(try terminal.output.value())
        #expect(report["terminals"] == [true, true, true])
        #expect(report["controllingTerminal"] == true)
        #expect(report.descriptors == [0, 1, 2])
        terminal.send("typed\n")
        _ = try terminal.output.wait(for: "\"content\":\"typed\"")
        #expect(try exec.end() == .exited(8))
        #expect(try exec.output.rest().isEmpty, "nobody holds the caller's stdout")
    }

    @Test func `it belongs to the process's user`() throws {
        let container = try Container(try waiting()).running()
        let socket = try ConsoleSocket()
        let exec = try ExecShim(
            container, ["--tty", "--user", "1000:1000", "--console-socket", socket.path], probe: "open", "/proc/self/fd/0", "rw", "--",
            "open",
            "/dev/tty", "rw")
        let terminal = try socket.terminal()
        #expect(try terminal.output.value()["result"]?.integer == 0)
        #expect(try terminal.output.value()["result"]?.integer == 0)
        #expect(try exec.end() == .exited(0))
    }

    @Test func `detached without a console socket there is no terminal`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--detach", "--tty"], probe: "exit", "0")
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("cannot allocate tty if runc will detach without setting console socket"))
    }

    @Test(arguments: [["--detach"], ["--tty"], []])
    func `a console socket is for a detached terminal only`(flags: [String]) throws {
        let container = try Container(try waiting()).running()
        let socket = try ConsoleSocket()
        let outcome = try container.exec(flags + ["--console-socket", socket.path], probe: "out", "ran")
        #expect(outcome.status == 255)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("cannot use console socket if"))
    }

    @Test func `a console socket that is not there is named`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--detach", "--tty", "--console-socket", "/no/such/socket"], probe: "exit", "0")
        #expect(outcome.status == 255)
        #expect(outcome.errors.contains("/no/such/socket"))
    }
}
