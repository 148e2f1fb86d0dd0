import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecSafetyTests {
    @Test func `descriptors of the host do not come along`() throws {
        // CVE-2016-9962, CVE-2024-21626.
        let container = try Container(try waiting()).running()
        let exec = try ExecShim(container, probe: "wait")
        _ = try exec.output.line()
        #expect(Files.entries("/proc/\(try exec.pid)/fd") == ["0", "1", "2"])
        #expect(try container.execReport(["--cwd", "/"])["cwd"]?.string == "/")
    }

    @Test func `no working directory by a descriptor of the runtime`() throws {
        // CVE-2024-21626.
        let bundle = try waiting()
        for fd in 3..<20 { try Files.makeSymlink(bundle.rootfs + "/cwd\(fd)", to: "/proc/self/fd/\(fd)") }
        let container = try Container(bundle).running()
        for fd in 3..<20 {
            for directory in ["/proc/self/fd/\(fd)", "/cwd\(fd)", "/cwd\(fd)/../../.."] {
                let outcome = try container.exec(["--cwd", directory], probe: "ls", ".", "..", "--", "report")
                if outcome.status == 255 && outcome.output.isEmpty { continue }
                // One of them is the container's own root, which is harmless.
                #expect(try outcome.report()["cwd"]?.string == "/", "\(directory): \(outcome)")
                for name in [".", ".."] {
                    #expect(try outcome.answer("ls", name)["names"]?.strings == Files.entries(bundle.rootfs), "\(directory)")
                }
            }
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no fifo to wait at"))
    func `the runtime's binary cannot be written from the container`() throws {
        // CVE-2019-5736: the image's program is /proc/self/exe, which is the runtime; a second process holds it by /proc/PID/exe
        // and waits for it to end. The runtime is kept waiting by a log that is a fifo.
        let before = try #require(Files.facts(UnderTest.binary))
        let bundle = try waiting()
        bundle.set("/root/readonly", false)
        bundle.namespace("pid", nil)
        for set in ["bounding", "effective", "permitted"] {
            for name in ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER"] {
                bundle.append("/process/capabilities/\(set)", .string(name))
            }
        }
        try Files.makeFifo(bundle.rootfs + "/gate", mode: 0o666)
        let container = try Container(bundle).running()
        let victim = try ExecShim(container, command: ["/proc/self/exe", "--log", "/gate", "state", "x"])
        #expect(victim.runtime == .exited(0))
        #expect(try container.exec(probe: "open-exe", String(victim.pid), "/gate", "/report").status == 0)
        #expect(try victim.end() == .exited(1), "it was the runtime, which knows no container x")
        let deadline = Deadline.usual
        var report = Files.text(bundle.rootfs + "/report")
        while !report.hasSuffix("\n") && !deadline.hasPassed { report = Files.text(bundle.rootfs + "/report") }
        let found = try parse(Array(report.utf8))
        #expect(found["handle"]?.string == "opened", "the attack has a hold on something: \(report)")
        if found["writing"]?.string == "opened" {
            let isSealed = (found["seals"]?.integer ?? -1) > 0 && (found["seals"]?.integer ?? 0) & 8 != 0
            let isAnother = found["inode"]?.unsigned != before.inode || found["device"]?.unsigned != before.device
            #expect(isSealed || isAnother, "\(report)")
        }
        #expect(Files.facts(UnderTest.binary) == before)
    }

    /// What strace(1) tells of `exec`, whose process ends with 7.
    func trace(_ container: Container, _ words: [String]) throws -> Trace {
        let file = container.bundle.scratch.directory + "/trace"
        let outcome = try execute(
            ["strace", "--follow-forks", "--output", file, "--quiet=all"] + words, environment: container.bundle.scratch.environment,
            deadline: Deadline(after: 60))
        guard outcome.status == 7 else { throw Failure("\(outcome)") }
        return Trace(Files.text(file))
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun && Host.hasStrace, "needs strace, and is about swiftrun's child"),
        arguments: ["plain", "user and time"])
    func `from clone to execve the child neither allocates nor locks, and nobody can look into it`(kind: String) throws {
        let bundle = try waiting()
        if kind != "plain" {
            for kind in ["user", "time"] { bundle.namespace(kind, "") }
            for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 2000]]) }
        }
        let container = try Container(bundle).running()
        let calls = try trace(container, container.execWords(["--env", "A=1", "--tty"], probe: "exit", "7")).calls
        let parent = try #require(calls.first?.pid)
        let clone = try #require(calls.firstIndex { $0.pid == parent && $0.name == "clone3" })
        var child: [Trace.Call] = []
        for call in calls[clone...] where call.pid != parent {
            child.append(call)
            if call.name == "execve" { break }
        }
        #expect(child.last?.text.hasPrefix("execve(\"/bin/probe\"") == true)
        for name in ["brk", "mmap", "munmap", "mremap", "mprotect", "futex", "madvise"] {
            #expect(!child.contains { $0.name == name }, "\(name)")
        }
        let undumpable = try #require(child.firstIndex { $0.text.hasPrefix("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)") })
        let joining = try #require(child.firstIndex { $0.name == "setns" })
        #expect(undumpable < joining, "CVE-2016-9962")
        #expect(!child.contains { $0.text.hasPrefix("prctl(PR_SET_DUMPABLE, SUID_DUMP_USER)") })
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 resolves it outside")) func `a program by a descriptor of the runtime is not run`()
        throws
    {
        let container = try Container(try waiting()).running()
        for fd in 3..<20 { #expect(try container.exec(command: ["/proc/self/fd/\(fd)/bin/true"]).status == 255) }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 waits")) func `a hostile image cannot make exec wait`() throws {
        let bundle = try waiting()
        try Files.remove(bundle.rootfs + "/etc/passwd")
        try Files.makeFifo(bundle.rootfs + "/etc/passwd", mode: 0o644)
        try Files.makeFifo(bundle.rootfs + "/bin/fifo", mode: 0o755)
        let container = try Container(bundle).running()
        #expect(try container.exec(["--user", "1000"], probe: "exit", "4").status == 4)
        #expect(try container.exec(command: ["/bin/fifo"]).status == 255)
    }

    @Test func `a terminal's multiplexer of the image's is not taken`() throws {
        // CVE-2025-52565: what stands at /dev/pts/ptmx may have been put there.
        let bundle = try waiting()
        for destination in ["/dev/pts", "/dev/mqueue", "/dev/shm", "/dev"] { bundle.unmount(destination) }
        let outside = bundle.path + "/outside"
        try Files.write(outside, "safe", mode: 0o600)
        try Files.makeDirectory(bundle.rootfs + "/dev/pts")
        try Files.makeSymlink(bundle.rootfs + "/dev/pts/ptmx", to: "../../../outside")
        let before = Files.facts(outside)
        let container = try Container(bundle).running()
        let socket = try ConsoleSocket()
        let outcome = try container.exec(["--detach", "--tty", "--console-socket", socket.path], probe: "exit", "0")
        #expect(outcome.status == 255)
        #expect(Files.facts(outside) == before)
        #expect(Files.text(outside) == "safe")
    }
}
