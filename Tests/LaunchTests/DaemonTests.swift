import Glibc
import JSON
import TestKit
import Testing

// Programs of the host are long-lived: what they are left with of their starter stays with them for days.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(1)))
struct DaemonTests {
    /// Runs the probe, started with `words`, to its end.
    private func outcome(_ words: String..., probe: [String] = ["report"], descriptors: [Descriptor] = []) throws -> Outcome {
        try execute(
            [StarterBinary.path] + words + ["output", "--", ProbeBinary.path] + probe, environment: ["PATH=/bin", "MARK=here"],
            descriptors: descriptors)
    }

    private func report(_ words: String..., descriptors: [Descriptor] = []) throws -> Report {
        try execute(
            [StarterBinary.path] + words + ["output", "--", ProbeBinary.path, "report"], environment: ["PATH=/bin", "MARK=here"],
            directory: "/tmp", descriptors: descriptors
        ).report()
    }

    @Test func `a program has its arguments, its environment, a session of its own, and nothing else`() throws {
        let report = try report()
        #expect(report.strings("argv") == [ProbeBinary.path, "report"])
        #expect(report.variable("MARK") == "here")
        #expect(report.descriptors == [0, 1, 2])
        #expect(report.target(ofDescriptor: 0) == "/dev/null")
        #expect(report.target(ofDescriptor: 2) == "/dev/null")
        #expect(report["cwd"]?.string == "/")
        #expect(report["sid"]?.integer == report["pid"]?.integer)
    }

    @Test func `it ends as it wants`() throws {
        #expect(try outcome(probe: ["exit", "42"]).status == 42)
        #expect(try outcome(probe: ["signal", "15"]).status == 143)
    }

    @Test func `descriptors are passed from 3 on, in order, whatever their numbers were`() throws {
        let names = ["ostype", "osrelease", "version", "hostname", "domainname", "pid_max"]
        let files = try names.map { try Descriptor.open("/proc/sys/kernel/\($0)", 0) }
        let report = try report("pass", "8", "pass", "3", "pass", "5", "pass", "3", descriptors: files)
        #expect(report.descriptors == [0, 1, 2, 3, 4, 5, 6])
        let targets = (3...6).map { report.target(ofDescriptor: $0)?.split(separator: "/").last.map(String.init) }
        #expect(targets == ["pid_max", "ostype", "version", "ostype"])
    }

    @Test func `another user has no capability, no group, and no way to either`() throws {
        let report = try report("user", "12345:12346")
        #expect(report.integers("uid") == [12345, 12345, 12345, 12345])
        #expect(report.integers("gid") == [12346, 12346, 12346, 12346])
        #expect(report.integers("groups") == [])
        for set in ["effective", "permitted", "inheritable", "bounding", "ambient"] { #expect(report.capabilities(set) == 0, "\(set)") }
        #expect(report["noNewPrivs"]?.integer == 1)
    }

    @Test func `rights can be kept, and none gained`() throws {
        let report = try report("kept")
        let plain = try self.report()
        #expect(report["noNewPrivs"]?.integer == 1 && plain["noNewPrivs"]?.integer == 0)
        #expect(report.capabilities("effective") == plain.capabilities("effective"))
    }

    @Test func `namespaces are joined and made`() throws {
        let held = try HeldNamespaces("net,uts")
        let report = try report("join", "net", held.path("net"), "join", "uts", held.path("uts"), "new", "ipc", "new", "mnt")
        #expect(report.namespace("net") == held.link("net"))
        #expect(report.namespace("uts") == held.link("uts"))
        for name in ["ipc", "mnt"] { #expect(report.namespace(name) != Files.target(ofLink: "/proc/self/ns/\(name)"), "\(name)") }
        for name in ["pid", "user", "cgroup"] {
            #expect(report.namespace(name) == Files.target(ofLink: "/proc/self/ns/\(name)"), "\(name)")
        }
        #expect(report.mounts.allSatisfy { mount in !mount.optional.contains { $0.hasPrefix("shared") } })
    }

    @Test func `the starter's score for the out-of-memory killer is its own again`() throws {
        let script = "cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj"
        let outcome = try execute([StarterBinary.path, "score", "321", "output", "--", "/bin/sh", "-c", script])
        #expect(outcome.output == "321\n" + Files.text("/proc/self/oom_score_adj"))
    }

    @Test func `it begins in the cgroup it is put into`() throws {
        let scratch = try Scratch.required()
        let name = scratch.unique("cgroup")
        let mount = Files.exists("/sys/fs/cgroup/cgroup.controllers") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified"
        try Files.makeDirectory("\(mount)/\(name)")
        let outcome = try outcome("cgroup", name, probe: ["cat", "/proc/self/cgroup"])
        let removed = unsafe rmdir("\(mount)/\(name)")
        #expect(removed == 0)
        #expect(try outcome.answer("cat")["content"]?.string?.contains("0::/\(name)\n") == true, "\(outcome)")
    }

    @Test func `a terminal becomes the controlling one`() throws {
        let terminal = try Terminal()
        let slave = try Descriptor.open(terminal.path, O_RDWR | O_NOCTTY)
        let program = try Program(
            Program.Request(
                [StarterBinary.path, "input", "terminal", "pass", "3", "--", "/bin/sh", "-c", "echo from $(ps -o tty= -p $$) > /dev/tty"],
                environment: Environment.plain, descriptors: [slave, nil, nil, slave]))
        let name = terminal.path.dropFirst("/dev/".count)
        #expect(try terminal.output.wait(for: "from \(name)").contains("from"))
        #expect(try program.wait() == .exited(0))
    }

    @Test func `what cannot be executed is an error`() throws {
        let missing = try execute([StarterBinary.path, "--", "/nonexistent/program"])
        #expect(missing.status == 125)
        #expect(missing.errors == "starter: start program: /nonexistent/program: missing (ENOENT)\n")
        let directory = try execute([StarterBinary.path, "--", "/etc"])
        #expect(directory.errors == "starter: start program: /etc: access refused (EACCES)\n")
    }

    @Test func `a step that fails is named`() throws {
        let outcome = try execute([StarterBinary.path, "terminal", "--", ProbeBinary.path])
        #expect(outcome.status == 125)
        #expect(outcome.errors == "starter: start program: take the terminal: Inappropriate ioctl for device (ENOTTY)\n")
    }

    @Test func `one that is bound to its starter dies with it, another user's too`() throws {
        for words in [["bound"], ["bound", "user", "12345:12345"]] {
            let errors = try Descriptor.pipe()
            let output = try Descriptor.pipe()
            let starter = try Program(
                Program.Request(
                    [StarterBinary.path] + words + ["output", "--", ProbeBinary.path, "ignore-term"], environment: Environment.plain,
                    descriptors: [nil, output.write, errors.write]))
            errors.write.close()
            output.write.close()
            let printed = Stream(output.read)
            #expect(try printed.line()?.contains("waiting") == true)
            starter.send(9)
            #expect(try starter.wait() == .killed(signal: 9))
            // The pipe ends with its last writer.
            #expect(try printed.rest() == [])
        }
    }

    @Test func `one that is not bound outlives its starter`() throws {
        let (errors, output, input) = (try Descriptor.pipe(), try Descriptor.pipe(), try Descriptor.pipe())
        let starter = try Program(
            Program.Request(
                [StarterBinary.path, "input", "output", "--", ProbeBinary.path, "line", "--", "out", "still here"],
                environment: Environment.plain, descriptors: [input.read, output.write, errors.write]))
        for end in [errors.write, output.write, input.read] { end.close() }
        #expect(try Stream(errors.read).line() != nil)
        starter.send(9)
        #expect(try starter.wait() == .killed(signal: 9))
        input.write.close()
        #expect(String(decoding: try Stream(output.read).rest(), as: UTF8.self).contains("still here"))
    }
}
