import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct SeccompTests {
    /// times(2), a call nobody needs.
    #if arch(x86_64)
        static let times = "100"
        static let personality = "135"
        static let vmsplice = "278,-1"
    #else
        static let times = "153"
        static let personality = "92"
        static let vmsplice = "75,-1"
    #endif

    func outcome(_ seccomp: Value, _ words: [String], noNewPrivileges: Value = true) throws -> Outcome {
        let bundle = try Bundle()
        bundle.set("/linux/seccomp", seccomp)
        bundle.set("/process/noNewPrivileges", noNewPrivileges)
        bundle.set("/process/args", Value(["/bin/probe"] + words))
        return try bundle.run()
    }

    @Test(arguments: [true, false])
    func `a filter answers with EPERM`(noNewPrivileges: Bool) throws {
        let outcome = try outcome(
            ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["times"], "action": "SCMP_ACT_ERRNO"]]],
            ["syscall", Self.times, "--", "report"], noNewPrivileges: .bool(noNewPrivileges))
        #expect(try outcome.answer("syscall")["errno"]?.string == "EPERM")
        #expect(try outcome.report()["seccomp"]?.integer == 2)
    }

    @Test func `errnoRet is the answer`() throws {
        let outcome = try outcome(
            ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["times"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38]]],
            ["syscall", Self.times])
        #expect(try outcome.answer("syscall")["errno"]?.string == "ENOSYS")
    }

    @Test(arguments: ["SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP"])
    func `an action that kills, kills`(action: String) throws {
        let outcome = try outcome(
            ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["times"], "action": .string(action)]]],
            ["syscall", Self.times, "--", "exit", "0"])
        #expect(outcome.status == 128 + 31, "SIGSYS")
    }

    @Test func `what the profile does not know does not exist, what it leaves out is refused`() throws {
        let outcome = try outcome(
            [
                "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
                "syscalls": [["names": .array(Self.needed.map { .string($0) }), "action": "SCMP_ACT_ALLOW"]],
            ], ["syscall", Self.personality, "100000"])
        #expect(try outcome.answer("syscall", Self.personality)["errno"]?.string == "EPERM")
        #expect(try outcome.answer("syscall", "100000")["errno"]?.string == "ENOSYS", "newer than the profile: libc falls back")
    }

    @Test func `the default's own errno`() throws {
        let outcome = try outcome(
            [
                "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13,
                "syscalls": [["names": .array(Self.needed.map { .string($0) }), "action": "SCMP_ACT_ALLOW"]],
            ], ["syscall", Self.personality])
        #expect(try outcome.answer("syscall")["errno"]?.string == "EACCES")
    }

    @Test(arguments: [
        ("SCMP_CMP_EQ", 8, "EPERM"), ("SCMP_CMP_EQ", 9, nil), ("SCMP_CMP_NE", 8, nil), ("SCMP_CMP_NE", 9, "EPERM"), ("SCMP_CMP_LT", 9, "EPERM"),
        ("SCMP_CMP_LT", 8, nil), ("SCMP_CMP_LE", 8, "EPERM"), ("SCMP_CMP_GT", 7, "EPERM"), ("SCMP_CMP_GT", 8, nil), ("SCMP_CMP_GE", 8, "EPERM"),
    ] as [(String, Int, String?)])
    func `an argument is compared`(op: String, value: Int, errno: String?) throws {
        // personality(8) is harmless: PER_LINUX32.
        let outcome = try outcome(
            [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [["names": ["personality"], "action": "SCMP_ACT_ERRNO", "args": [["index": 0, "value": Value(value), "op": .string(op)]]]],
            ], ["syscall", Self.personality + ",8"])
        #expect(try outcome.answer("syscall")["errno"]?.string == errno)
    }

    @Test func `a masked argument is compared`() throws {
        let outcome = try outcome(
            [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [
                    [
                        "names": ["personality"], "action": "SCMP_ACT_ERRNO",
                        "args": [["index": 0, "value": 0xff, "valueTwo": 8, "op": "SCMP_CMP_MASKED_EQ"]],
                    ]
                ],
            ], ["syscall", Self.personality + ",8", Self.personality + ",0x40008", Self.personality + ",0"])
        #expect(try outcome.answer("syscall", Self.personality + ",8")["errno"]?.string == "EPERM")
        #expect(try outcome.answer("syscall", Self.personality + ",0x40008")["errno"]?.string == "EPERM")
        #expect(try outcome.answer("syscall", Self.personality + ",0")["errno"] == nil)
    }

    @Test func `two values of one argument are alternatives`() throws {
        let outcome = try outcome(
            [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [
                    [
                        "names": ["personality"], "action": "SCMP_ACT_ERRNO",
                        "args": [["index": 0, "value": 8, "op": "SCMP_CMP_EQ"], ["index": 0, "value": 0x40000, "op": "SCMP_CMP_EQ"]],
                    ]
                ],
            ], ["syscall", Self.personality + ",8", Self.personality + ",0x40000", Self.personality + ",0"])
        #expect(try outcome.answer("syscall", Self.personality + ",8")["errno"]?.string == "EPERM")
        #expect(try outcome.answer("syscall", Self.personality + ",0x40000")["errno"]?.string == "EPERM")
        #expect(try outcome.answer("syscall", Self.personality + ",0")["errno"] == nil)
    }

    @Test func `unknown names are passed over`() throws {
        let outcome = try outcome(
            ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["no_such_call", "times"], "action": "SCMP_ACT_ERRNO"]]],
            ["syscall", Self.times])
        #expect(try outcome.answer("syscall")["errno"]?.string == "EPERM")
    }

    @Test func `without a profile there is no filter`() throws {
        #expect(try Bundle().report()["seccomp"]?.integer == 0)
    }

    @Test(arguments: [
        (#"{"defaultAction": "SCMP_ACT_DANCE"}"#, "SCMP_ACT_DANCE"),
        (#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_Z80"]}"#, "SCMP_ARCH_Z80"),
        (#"{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_FAST"]}"#, "SECCOMP_FILTER_FLAG_FAST"),
        (#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["times"], "action": "SCMP_ACT_MAYBE"}]}"#, "SCMP_ACT_MAYBE"),
        (
            #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["times"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_LIKE"}]}]}"#,
            "SCMP_CMP_LIKE"
        ),
    ])
    func `a profile with an unknown word is a create error that names it`(seccomp: String, word: String) throws {
        let bundle = try Bundle()
        bundle.set("/linux/seccomp", try Value(json: seccomp))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains(word)) }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 ignores it"))
    func `metadata for no listener is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/seccomp", ["defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("listener"))
    }

    @Test(arguments: [
        #"{"defaultAction": "SCMP_ACT_NOTIFY"}"#,
        #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["write"], "action": "SCMP_ACT_NOTIFY"}]}"#,
        #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["times"], "action": "SCMP_ACT_NOTIFY"}]}"#,
    ])
    func `a listener that cannot be served is a create error`(seccomp: String) throws {
        let bundle = try Bundle()
        bundle.set("/linux/seccomp", try Value(json: seccomp))
        #expect(try Container(bundle).create().status == 1)
    }

    @Test func `the listener gets the filter's descriptor and the state`() throws {
        let socket = try ConsoleSocket()
        let bundle = try Bundle()
        bundle.set(
            "/linux/seccomp",
            [
                "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": .string(socket.path), "listenerMetadata": "some text",
                "syscalls": [["names": ["personality"], "action": "SCMP_ACT_NOTIFY"]],
            ])
        bundle.probe("out", "ran")
        let container = try Container(bundle)
        #expect(try container.create().status == 0)
        let message = try socket.receive()
        #expect(message.descriptors.count == 1)
        #expect(message.isLast)
        let state = try parse(message.bytes)
        #expect(state["fds"]?.strings == ["seccompFd"])
        #expect(state["pid"]?.integer == (try container.pid))
        #expect(state["metadata"]?.string == "some text")
        #expect(state.at("/state/id")?.string == container.id)
        #expect(state.at("/state/status")?.string == "creating")
        #expect(Files.target(ofLink: "/proc/self/fd/\(message.descriptors[0].raw)") == "anon_inode:seccomp notify")
        #expect(try container.start().status == 0)
        #expect(try container.outcome().output == "ran\n")
    }

    @Test func `a listener that is not there is a create error`() throws {
        let bundle = try Bundle()
        bundle.set(
            "/linux/seccomp",
            [
                "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/no/such/socket",
                "syscalls": [["names": ["personality"], "action": "SCMP_ACT_NOTIFY"]],
            ])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/no/such/socket") || !UnderTest.isSwiftrun)
    }

    /// What a static program and the last steps of any runtime need.
    static let needed = [
        "access", "arch_prctl", "brk", "capget", "capset", "chdir", "clock_gettime", "clone", "close", "close_range", "connect", "dup", "dup2", "dup3",
        "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fchdir",
        "fchown", "fcntl", "fstat", "fstatfs", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpgid", "getpid", "getppid",
        "getrandom", "gettid", "getuid", "ioctl", "lseek", "lstat", "madvise", "mmap", "mprotect", "munmap", "nanosleep", "newfstatat", "open",
        "openat", "openat2", "pipe2", "poll", "ppoll", "prctl", "pread64", "prlimit64", "pselect6", "read", "readlink", "readlinkat", "recvfrom",
        "recvmsg", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendmsg",
        "sendto", "set_robust_list", "set_tid_address", "setgid", "setgroups", "setresgid", "setresuid", "setsid", "setuid", "sigaltstack", "socket",
        "stat", "statfs", "statx", "tgkill", "umask", "uname", "unlinkat", "wait4", "write", "writev",
    ]
}
