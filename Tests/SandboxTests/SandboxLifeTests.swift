import Glibc
import JSON
import TestKit
import Testing

/// The verbs on containers in real machines.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxLifeTests {
    @Test func `a container lives, and ends, as on the host`() throws {
        let bundle = try sandboxed("report", "--", "wait")
        let container = try Container(bundle).created(deadline: .boot)
        #expect(try container.status() == "created")
        #expect(try container.state()["pid"]?.integer == container.pid)
        #expect(try container.start().status == 0)
        let report = Report(try #require(try container.output?.value(.boot)))
        #expect(report["pid"] == 1)
        #expect(report.strings("argv") == ["/bin/probe", "report", "--", "wait"])
        #expect(try container.output?.value()["action"]?.string == "waiting")
        #expect(try container.status() == "running")
        let again = try container.start()
        #expect(again.status == 1 && again.errors.contains("cannot start an already running container"))
        #expect(try container.kill("USR1").status == 0)
        #expect(try container.end() == .exited(64 + 10))
        #expect(try container.status() == "stopped")
        #expect(try container.kill().errors.contains("container not running"))
        #expect(try container.delete().status == 0)
        #expect(try swiftrun("state", container.id).errors.contains("container does not exist"))
    }

    @Test func `an exec has streams, a code and runc's words`() throws {
        let bundle = try sandboxed("wait")
        try Files.write(bundle.rootfs + "/bin/data", "no program")
        let container = try Container(bundle).running(.boot)
        for code: Int32 in [0, 1, 126, 127, 255] { #expect(try container.exec(probe: "exit", String(code)).status == code) }
        for signal: Int32 in [9, 11, 15] { #expect(try container.exec(probe: "signal", String(signal)).status == 128 + signal) }
        let spoken = try container.exec(probe: "out", "said", "--", "err", "complained", "--", "exit", "3")
        #expect(spoken == (3, "said\n", "complained\n"))
        let heard = try container.exec(probe: "line", "--", "line", input: .text("one\ntwo\n"))
        #expect(heard.output.contains("\"content\":\"one\"") && heard.output.contains("\"content\":\"two\""))
        let missing = try container.exec(command: ["nosuch"])
        #expect(missing.status == 255)
        #expect(missing.errors.contains("exec failed: exec: \"nosuch\": executable file not found in $PATH"))
        let absent = try container.exec(command: ["/nosuch"])
        #expect(absent.status == 255 && absent.errors.contains("exec failed: exec: \"/nosuch\": stat /nosuch: no such file or directory"))
        let data = try container.exec(command: ["/bin/data"])
        #expect(data.status == 255 && data.errors.contains("exec: \"/bin/data\": permission denied"))
        #expect(try container.status() == "running")
    }

    @Test func `an exec's pid on the host is its own, and takes its signals`() throws {
        let container = try Container(try sandboxed("wait")).running(.boot)
        let exec = try container.startExec(["--pid-file", "pid"], probe: "wait")
        let pid = try #require(Int32(Files.text(container.bundle.scratch.directory + "/pid")))
        #expect(kill(pid, SIGUSR1) == 0)
        #expect(try exec.wait() == .exited(64 + SIGUSR1))
    }

    @Test func `a reader that has gone is told to who writes, in the guest as on the host`() throws {
        let bundle = try sandboxed("wait")
        try Files.copy("/bin/busybox", to: bundle.rootfs + "/bin/busybox", mode: 0o755)
        let container = try Container(bundle).running(.boot)
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                [UnderTest.binary, "--root", bundle.scratch.root, "exec", container.id, "/bin/busybox", "yes"],
                environment: bundle.scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        _ = try Stream(output.read).line()
        output.read.close()
        #expect(try exec.wait() == .exited(128 + SIGPIPE))
    }

    @Test func `a terminal has the size of ours, and passes keys and codes`() throws {
        let container = try Container(try sandboxed("wait")).running(.boot)
        let terminal = try Terminal()
        terminal.resize(rows: 33, columns: 101)
        let scratch = container.bundle.scratch
        let words = ["exec", "--tty", container.id, "/bin/probe", "report", "--", "window", "50", "132", "--", "line", "--", "exit", "6"]
        let exec = try terminal.run([UnderTest.binary, "--root", scratch.root] + words, environment: scratch.environment)
        let report = Report(try terminal.output.value())
        #expect(report["terminals"] == [true, true, true])
        #expect(report["controllingTerminal"] == true)
        #expect(report["windowSize"] == [33, 101])
        _ = try terminal.output.wait(for: "waiting")
        terminal.resize(rows: 50, columns: 132)
        _ = try terminal.output.wait(for: "[50,132]")
        terminal.send("typed\r")
        _ = try terminal.output.wait(for: "\"content\":\"typed\"")
        #expect(try exec.wait() == .exited(6))
    }

    @Test func `a container's terminal goes to who asked for it`() throws {
        let bundle = try sandboxed("report", "--", "line", "--", "exit", "7")
        bundle.useTerminal()
        let socket = try ConsoleSocket()
        let container = try Container(bundle).created("--console-socket", socket.path, deadline: .boot)
        let terminal = try socket.terminal()
        #expect(terminal.isTerminal)
        #expect(try container.start().status == 0)
        #expect(Report(try terminal.output.value())["windowSize"] == [25, 80])
        terminal.send("typed\r")
        _ = try terminal.output.wait(for: "\"content\":\"typed\"")
        #expect(try container.end() == .exited(7))
    }

    @Test func `a container is paused, changed, counted and told of`() throws {
        let container = try Container(try sandboxed("wait")).running(.boot)
        #expect(try swiftrun("pause", container.id).status == 0)
        #expect(try container.status() == "paused")
        #expect(try container.exec(probe: "exit", "0").errors.contains("cannot exec in a paused container"))
        #expect(try swiftrun("resume", container.id).status == 0)
        #expect(try container.status() == "running")
        let limits = ["--pids-limit", "33", "--memory", "96m", "--cpu-quota", "50000"]
        #expect(try swiftrun(["update"] + limits + [container.id]).status == 0)
        for (name, value) in [("pids.max", "33"), ("memory.max", "\(96 << 20)"), ("cpu.max", "50000 100000")] {
            let file = try container.exec(probe: "cat", "/sys/fs/cgroup/\(container.id)/\(name)").answer("cat")
            #expect(file["content"]?.string == value + "\n", "\(name)")
        }
        let usage = try swiftrun("events", "--stats", container.id).json()
        #expect(usage["id"]?.string == container.id)
        #expect(usage.at("/data/pids/limit") == 33)
        let table = try swiftrun("ps", container.id).output.split(separator: "\n")
        #expect(table.count == 2 && table[0].hasSuffix("TIME CMD") && table[1].hasSuffix("/bin/probe wait"))
        #expect(try swiftrun("ps", "--format", "json", container.id).json().array?.contains(Value(try container.pid)) == true)
    }

    @Test(arguments: [("exit 0", 0), ("exit 1", 1), ("exit 126", 126), ("signal 11", 139)])
    func `run ends as its process`(words: String, status: Int32) throws {
        let bundle = try sandboxed()
        bundle.config.set("/process/args", Value(["/bin/probe"] + words.split(separator: " ").map(String.init)))
        let outcome = try bundle.run(deadline: .boot)
        #expect(outcome.status == status)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
    }

    @Test func `a program that is not there is told as on the host`() throws {
        let bundle = try sandboxed()
        bundle.config.set("/process/args", ["nosuch"])
        let outcome = try bundle.run(deadline: .boot)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("exec: \"nosuch\": executable file not found in $PATH"))
    }

    @Test func `a create that fails in the guest leaves nothing`() throws {
        let bundle = try sandboxed()
        bundle.config.set("/process/args", ["nosuch"])
        let container = try Container(bundle)
        let outcome = try container.create(deadline: .boot)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasSuffix("exec: \"nosuch\": executable file not found in $PATH\n"))
        #expect(!Files.exists("\(bundle.scratch.root)/\(container.id)"))
    }

    @Test func `hooks run where they belong, in their order`() throws {
        let bundle = try sandboxed("wait")
        let log = bundle.path + "/log"
        try Files.makeDirectory(log)
        bundle.mount("/log", "bind", log, ["bind"])
        for kind in ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] {
            let isInside = kind == "startContainer"
            bundle.append(
                "/hooks/\(kind)",
                [
                    "path": .string(isInside ? "/bin/probe" : ProbeBinary.path),
                    "args": ["probe", "append", .string((isInside ? "/log" : log) + "/hooks"), .string(kind + "\n")],
                ])
        }
        let container = try Container(bundle).created(deadline: .boot)
        #expect(Files.text(log + "/hooks") == "prestart\ncreateRuntime\ncreateContainer\n")
        #expect(try container.start().status == 0)
        #expect(Files.text(log + "/hooks").hasSuffix("startContainer\npoststart\n"))
        #expect(try container.delete("--force").status == 0)
        #expect(Files.text(log + "/hooks").hasSuffix("poststart\npoststop\n"))
    }
}

private func == (outcome: Outcome, expected: (status: Int32, output: String, errors: String)) -> Bool {
    outcome.status == expected.status && outcome.output == expected.output && outcome.errors == expected.errors
}
