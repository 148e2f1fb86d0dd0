import JSON
import TestKit
import Testing

// Hostname, oom score, descriptors, signals: what else a program finds when it starts.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct SurroundingsTests {
    @Test func `hostname and domainname are set in the container alone`() throws {
        let before = Files.text("/proc/sys/kernel/hostname")
        let bundle = try Bundle()
        bundle.set("/hostname", "box.example")
        if UnderTest.isSwiftrun { bundle.set("/domainname", "example.org") }
        let report = try bundle.report()
        #expect(report["hostname"]?.string == "box.example")
        if UnderTest.isSwiftrun { #expect(report["domainname"]?.string == "example.org") }
        #expect(Files.text("/proc/sys/kernel/hostname") == before)
    }

    @Test(arguments: ["/hostname", "/domainname"])
    func `a name needs a uts namespace`(pointer: String) throws {
        let bundle = try Bundle()
        bundle.namespace("uts", nil)
        bundle.remove("/hostname")
        bundle.set(pointer, "name")
        let outcome = try Container(bundle).create()
        if pointer == "/domainname" && !UnderTest.isSwiftrun { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("uts"))
    }

    @Test func `a hostname that is too long is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/hostname", .string(String(repeating: "h", count: 65)))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("hostname"))
    }

    @Test func `oom_score_adj is written when it is there`() throws {
        let bundle = try Bundle()
        bundle.set("/process/oomScoreAdj", 444)
        #expect(try bundle.report()["oomScoreAdj"]?.string == "444")
    }

    @Test func `and left alone when it is not`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["choom", "-n", "321", "--"] + command, environment: bundle.scratch.environment)
        #expect(try outcome.report()["oomScoreAdj"]?.string == "321")
    }

    @Test(.enabled(if: !Host.canRaiseLimits, "this machine may lower it"))
    func `a score that may not be lowered is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/process/oomScoreAdj", -500)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("oom"))
    }

    @Test(arguments: [1001, -1001])
    func `a score out of range is an error`(score: Int) throws {
        let bundle = try Bundle()
        bundle.set("/process/oomScoreAdj", Value(score))
        #expect(try Container(bundle).create().status == 1)
    }

    @Test func `no descriptor but stdio is open`() throws {
        let bundle = try Bundle()
        #expect(try bundle.report().descriptors == [0, 1, 2])
    }

    @Test func `what the caller left open does not reach the container`() throws {
        let bundle = try Bundle()
        let leaked = try Descriptor.open("/", 0)
        let outcome = try bundle.run(descriptors: [leaked, leaked, leaked])
        #expect(try outcome.report().descriptors == [0, 1, 2])
        let container = try Container(bundle)
        #expect(try container.create(descriptors: [leaked, leaked]).status == 0)
        try container.start()
        #expect(try container.outcome().report().descriptors == [0, 1, 2])
    }

    @Test func `preserved descriptors arrive with their numbers`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.path + "/three", "three")
        try Files.write(bundle.path + "/four", "four")
        let files = [
            try Descriptor.open(bundle.path + "/three", 0), try Descriptor.open(bundle.path + "/four", 0), try Descriptor.open("/", 0),
        ]
        bundle.probe("report", "--", "read", "3", "--", "read", "4")
        let container = try Container(bundle)
        #expect(try container.create("--preserve-fds", "2", descriptors: files).status == 0)
        try container.start()
        let outcome = try container.outcome()
        #expect(try outcome.report().descriptors == [0, 1, 2, 3, 4])
        #expect(try outcome.lines().compactMap { $0["content"]?.string } == ["three", "four"])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "Go has descriptors of its own there"))
    func `a preserved descriptor that is not there is an error`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let outcome = try swiftrun(
            "run", "--preserve-fds", "3", "--bundle", bundle.path, "x", descriptors: [try Descriptor.open("/dev/null", 0)])
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
        // Behind those of systemd.
        let command = UnderTest.view.command(
            [UnderTest.binary, "--root", bundle.scratch.root, "run", "--preserve-fds", "4294967295", "--bundle", bundle.path, "x"])
        let most = try execute(
            ["sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh"] + command, environment: bundle.scratch.environment + ["LISTEN_FDS=1"],
            descriptors: [try Descriptor.open("/dev/null", 0)])
        #expect(most.ending == .exited(1), "\(most)")
    }

    @Test func `sockets of systemd arrive, with LISTEN_PID of the container`() throws {
        let bundle = try Bundle()
        let files = [try Descriptor.open("/dev/null", 0), try Descriptor.open("/dev/zero", 0)]
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(
            ["sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh"] + command, environment: bundle.scratch.environment + ["LISTEN_FDS=2"],
            descriptors: files)
        let report = try outcome.report()
        #expect(report.descriptors == [0, 1, 2, 3, 4])
        #expect(report.variable("LISTEN_FDS") == "2")
        #expect(report.variable("LISTEN_PID") == "1")
        #expect(report.target(ofDescriptor: 4) == "/dev/zero")
    }

    @Test func `sockets that were meant for another process do not`() throws {
        let bundle = try Bundle()
        let outcome = try bundle.run(
            environment: bundle.scratch.environment + ["LISTEN_FDS=1", "LISTEN_PID=1"], descriptors: [try Descriptor.open("/dev/null", 0)])
        let report = try outcome.report()
        #expect(report.descriptors == [0, 1, 2])
        #expect(report.variable("LISTEN_FDS") == nil)
    }

    @Test func `stdio that leads nowhere is no error, for the program neither`() throws {
        // containerd's null streams: stdout and stderr opened for reading. In the container they can be written to, as with runc.
        let bundle = try Bundle()
        try Files.copy("/bin/busybox", to: bundle.rootfs + "/bin/busybox", mode: 0o755)
        bundle.set("/process/args", ["/bin/busybox", "sh", "-c", "busybox echo out && busybox echo error >&2"])
        try bundle.save()
        let null = try Descriptor.open("/dev/null", 0)
        let program = try Program(
            Program.Request(
                UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"]),
                environment: bundle.scratch.environment, descriptors: [nil, null, null]))
        #expect(try program.wait() == .exited(0))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 inherits them"))
    func `signals are as a fresh program expects them`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        // env(1) starts the runtime with a signal ignored and one blocked.
        let outcome = try execute(
            ["env", "--ignore-signal=PIPE", "--ignore-signal=HUP", "--block-signal=USR2"] + command, environment: bundle.scratch.environment
        )
        let report = try outcome.report()
        #expect(report["blockedSignals"]?.string == "0000000000000000")
        #expect(report["ignoredSignals"]?.string == "0000000000000000")
    }

    @Test func `a caller that ignores the end of its children is served all the same`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "9")
        bundle.set("/hooks/createRuntime", [["path": "/bin/true"]])
        bundle.set("/hooks/startContainer", [["path": "/bin/probe", "args": ["probe", "exit", "0"]]])
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["env", "--ignore-signal=CHLD"] + command, environment: bundle.scratch.environment)
        #expect(outcome.status == 9, "\(outcome)")
    }

    @Test(arguments: ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
    func `a standard stream that is closed is not taken for another file`(closing: String) throws {
        let bundle = try Bundle()
        bundle.mount("/log", "bind", bundle.path, ["bind"])
        bundle.set("/process/args", ["/bin/probe", "hook", "/log/seen", "tag", "--", "exit", "6"])
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["sh", "-c", "exec \"$@\" \(closing)", "sh"] + command, environment: bundle.scratch.environment)
        #expect(outcome.status == 6, "\(outcome)")
        let seen = try parse(Array(Files.text(bundle.path + "/seen").utf8))
        for descriptor in seen["fds"]?.array ?? [] {
            let target = descriptor["target"]?.string ?? ""
            #expect(descriptor["fd"]?.integer ?? 9 < 3 && (target == "/dev/null" || target.hasPrefix("pipe:")), "\(descriptor)")
        }
    }

    @Test func `the program may use every processor`() throws {
        let own = try execute([ProbeBinary.path, "report"]).report()["cpus"]?.integer
        #expect(try Bundle().report()["cpus"]?.integer == own)
    }

    @Test func `the program is dumpable`() throws {
        #expect(try Bundle().report()["dumpable"]?.integer == 1)
    }

    @Test func `the name is the program's`() throws {
        #expect(try Bundle().report()["comm"]?.string == "probe")
    }

    @Test func `unknown properties are ignored at any depth`() throws {
        let bundle = try Bundle()
        for pointer in ["/new", "/process/new", "/process/user/new", "/linux/new", "/mounts/0/new", "/linux/resources/new", "/root/new"] {
            bundle.set(pointer, ["a": [1, .null, ["b": true]]])
        }
        bundle.probe("exit", "0")
        #expect(try bundle.run().status == 0)
    }
}
