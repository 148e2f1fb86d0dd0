import Glibc
import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct ProcessIdentityTests {
    @Test func `this process is alive`() throws {
        let identity = try ProcessIdentity(of: ownPID())
        #expect(identity.pid == getpid())
        #expect(try identity.isAlive())
        #expect(try identity.stat()?.parent == getppid())
    }

    @Test func `one with the pid and another start time is not alive and cannot be opened`() throws {
        // A pid that was given away again.
        let program = try sleeper()
        let own = try ProcessIdentity(of: program.pid)
        for other in [own.startTime - 1, own.startTime + 1, 0] {
            let stranger = ProcessIdentity(pid: own.pid, startTime: other)
            #expect(try !stranger.isAlive())
            #expect(throws: SyscallError("pidfd_open", "process \(own.pid)", .noProcess)) { try stranger.open().send(.kill) }
        }
        #expect(try own.isAlive())
    }

    @Test func `a zombie is not alive, nor is what is reaped`() throws {
        let program = try sleeper()
        let identity = try ProcessIdentity(of: program.pid)
        #expect(try identity.isAlive())
        let held = try identity.open()
        try held.send(.kill)
        #expect(try held.hasEnded(by: .after(.seconds(20))))
        #expect(try identity.stat()?.state == "Z")
        #expect(try !identity.isAlive())
        #expect(try program.wait() == .killed(signal: 9))
        #expect(try !identity.isAlive())
        #expect(throws: SyscallError("stat", "process \(program.pid)", .noProcess)) { try ProcessIdentity(of: program.pid) }
    }

    @Test(arguments: [") Z 1 2 (", "a b) S 1", "((((", "))))"])
    func `a name cannot pretend to be other fields`(name: String) throws {
        let path = try place(name)
        try Files.makeSymlink(path, to: "/bin/sleep")
        let program = try Program(Program.Request([path, "1000"], environment: Scratch.required().environment))
        let stat = try #require(try ProcessIdentity(of: program.pid).stat())
        #expect(stat.parent == getpid())
        #expect(!stat.isDead)
        #expect(Files.text("/proc/\(program.pid)/comm") == String(name.prefix(15)) + "\n")
    }

    @Test(arguments: [0, -1, Int32.max])
    func `no process has such a pid`(pid: Int32) throws {
        let nobody = ProcessIdentity(pid: pid, startTime: 0)
        #expect(try !nobody.isAlive())
        #expect(throws: SyscallError("pidfd_open", "process \(pid)", .noProcess)) { _ = try nobody.open() }
    }
}

@Suite(.machineUnchanged) struct PidFDTests {
    @Test(arguments: [0, 1, 42, 255])
    func `an exit code is told`(code: Int32) throws {
        let status = try ended("exit \(code)")
        #expect(status == .exited(code))
        #expect(status.shellCode == code)
    }

    @Test func `a death by signal is told`() throws {
        let status = try ended("kill -KILL $$")
        #expect(status == .signaled(.kill, .none))
        #expect(status.shellCode == 137)
        #expect("\(status)" == "killed by SIGKILL")
    }

    /// Starts a shell behind TestKit's back, whose own wait would otherwise be served.
    private func ended(_ script: String) throws -> Kernel.ExitStatus {
        let pid = try spawn(script, input: 2)
        let child = try PidFD(of: pid)
        let status = try #require(try child.wait(until: .after(.seconds(20))))
        #expect(throws: SyscallError("waitid", nil, .noChild)) { try child.wait() }
        #expect(throws: SyscallError("pidfd_send_signal", "SIGKILL", .noProcess)) { try child.send(.kill) }
        return status
    }

    @Test func `a wait has an end`() throws {
        let program = try sleeper()
        let held = try PidFD(of: program.pid)
        #expect(try !held.hasEnded(by: .passed))
        #expect(try !held.hasEnded(by: .after(.milliseconds(5))))
        #expect(try held.wait(until: .after(.milliseconds(1))) == nil)
    }

    @Test func `the end of somebody else's child is seen too`() throws {
        let pipe = try TestKit.Descriptor.pipe()
        let program = try shell("sleep 1000 & echo $!; wait", output: pipe.write)
        let pid = try #require(Int32(try Stream(pipe.read).line() ?? ""))
        let grandchild = try PidFD(of: pid)
        #expect(try !grandchild.hasEnded(by: .passed))
        try grandchild.send(.kill)
        #expect(try grandchild.hasEnded(by: .after(.seconds(20))))
        #expect(throws: SyscallError("waitid", nil, .noChild)) { try grandchild.wait() }
        _ = try program.wait()
    }

    @Test func `a process that is not there is refused`() {
        #expect(throws: SyscallError("pidfd_open", "process \(Int32.max)", .noProcess)) { _ = try PidFD(of: Int32.max) }
        #expect(throws: SyscallError("kill", "process \(Int32.max) SIGTERM", .noProcess)) { try Kernel.kill(Int32.max, .terminate) }
    }
}

@Suite struct ProcessTests {
    @Test func `ids are libc's`() throws {
        let ids = OwnIDs()
        #expect((ids.uid, ids.effectiveUID, ids.gid, ids.effectiveGID) == (getuid(), geteuid(), getgid(), getegid()))
        #expect((ownPID(), parentPID()) == (getpid(), getppid()))
        let count = getgroups(0, nil)
        #expect(try ownGroups().count == Int(count))
    }

    @Test func `capabilities are those of proc`() throws {
        let sets = try ownCapabilities()
        let lines = try readText("/proc/thread-self/status").split(separator: "\n")
        for (name, set) in [("CapInh", sets.inheritable), ("CapPrm", sets.permitted), ("CapEff", sets.effective)] {
            let line = try #require(lines.first { $0.hasPrefix(name) })
            #expect(UInt64(line.split(separator: "\t")[1], radix: 16) == set)
        }
    }

    @Test func `threads are counted`() throws {
        // The test's own and at least the one that waits for it.
        #expect(try threadCount() > 1)
    }

    @Test func `the environment is libc's`() throws {
        let path = unsafe String(cString: getenv("PATH"))
        #expect(environment("PATH") == path)
        #expect(environment().contains { $0.hasPrefix("PATH=") })
        #expect(environment("PAT") == nil)
        #expect(environment("SWIFTRUN_NO_SUCH_NAME") == nil)
    }

    @Test func `the kernel is new enough to run us and says so`() throws {
        let release = try KernelRelease.current()
        #expect(try release.text + "\n" == readText("/proc/sys/kernel/osrelease"))
        #expect(release.isAtLeast(5, 14))
        #expect(release.isAtLeast(release.major, release.minor))
        #expect(!release.isAtLeast(release.major, release.minor + 1))
        #expect(!release.isAtLeast(release.major + 1, 0))
    }

    @Test(arguments: LimitedResource.allCases) func `limits are libc's`(resource: LimitedResource) throws {
        var expected = rlimit()
        try #require(unsafe getrlimit(resource.rawValue, &expected) == 0)
        #expect(try limit(resource) == Limit(soft: UInt64(expected.rlim_cur), hard: UInt64(expected.rlim_max)))
    }
}

@Suite(.machineUnchanged) struct LimitTests {
    @Test func `a limit is set for another process`() throws {
        let program = try sleeper()
        try setLimit(.openFiles, to: Limit(soft: 17, hard: 23), of: program.pid)
        #expect(try limit(.openFiles, of: program.pid) == Limit(soft: 17, hard: 23))
        let line = try #require(Files.text("/proc/\(program.pid)/limits").split(separator: "\n").first { $0.hasPrefix("Max open files") })
        #expect(line.split(separator: " ").dropFirst(3).prefix(2).elementsEqual(["17", "23"]))
        try setLimit(.core, to: Limit(soft: 0, hard: 0), of: program.pid)
        #expect(throws: SyscallError("prlimit", "openFiles", .invalid)) {
            try setLimit(.openFiles, to: Limit(soft: 24, hard: 23), of: program.pid)
        }
    }
}

/// Starts a shell that nobody waits for but the test.
private func spawn(_ script: String, input: Int32) throws -> Int32 {
    var pid: Int32 = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("/bin/sh"), strdup("-c"), strdup(script), nil]
    defer { for unsafe argument in unsafe arguments { unsafe free(argument) } }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    let result = unsafe posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, nil)
    try #require(result == 0)
    return pid
}
