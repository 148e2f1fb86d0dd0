import Filters
import Spec
import Testing

func profile(
    _ defaultAction: Seccomp.Action, architectures: [String] = ["SCMP_ARCH_X86_64"], _ rules: [Seccomp.Rule]
) -> Seccomp {
    var seccomp = Seccomp(defaultAction: defaultAction)
    seccomp.architectures = architectures
    seccomp.rules = rules
    seccomp.flags = []
    return seccomp
}

func rule(
    _ action: Seccomp.Action, _ names: [String], errno: UInt32? = nil, _ arguments: [Seccomp.Argument] = []
) -> Seccomp.Rule {
    Seccomp.Rule(names: names, action: action, errnoRet: errno, arguments: arguments)
}

func program(_ seccomp: Seccomp) throws -> [UInt64] { try #require(try compile(seccomp)).program }

/// Numbers are those of x86_64 (arch/x86/entry/syscalls/syscall_64.tbl) where nothing else is said.
@Suite struct CompileTests {
    @Test func `a named call gets its action and the others the default`() throws {
        let program = try program(profile(.errno, [rule(.allow, ["read", "write", "exit_group"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 0)) == Answer.allow)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 1)) == Answer.allow)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 231)) == Answer.allow)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 2)) == Answer.refused)
    }

    @Test(
        arguments: [
            (.kill, nil, Answer.killThread), (.killThread, nil, Answer.killThread), (.killProcess, nil, Answer.killProcess),
            (.trap, nil, Answer.trap), (.errno, nil, Answer.refused), (.errno, 13, Answer.errno(13)),
            (.errno, 0, Answer.errno(0)), (.trace, nil, Answer.trace(1)), (.trace, 0xffff, Answer.trace(0xffff)),
            (.log, nil, Answer.log),
        ] as [(Seccomp.Action, UInt32?, UInt32)])
    func `each action answers what seccomp(2) says`(action: Seccomp.Action, errno: UInt32?, answer: UInt32) throws {
        let asRule = try program(profile(.allow, [rule(action, ["mkdir"], errno: errno)]))
        #expect(decide(asRule, Call(architecture: Arch.x8664, number: 83)) == answer)
        #expect(decide(asRule, Call(architecture: Arch.x8664, number: 84)) == Answer.allow)
        var seccomp = profile(action, [rule(.allow, ["mkdir"])])
        seccomp.defaultErrnoRet = errno
        #expect(decide(try program(seccomp), Call(architecture: Arch.x8664, number: 82)) == answer)
    }

    @Test func `a name no library knows is ignored`() throws {
        let program = try program(profile(.errno, [rule(.allow, ["no_such_call_ever", "read"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 0)) == Answer.allow)
    }

    @Test func `a name of another architecture only is ignored`() throws {
        let program = try program(profile(.errno, [rule(.allow, ["arm_sync_file_range", "s390_pci_mmio_read", "read"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 0)) == Answer.allow)
    }

    @Test func `a rule that repeats the default is skipped, even one that would clash`() throws {
        let rules = [rule(.errno, ["read"], errno: 1), rule(.allow, ["read"])]
        #expect(decide(try program(profile(.errno, rules)), Call(architecture: Arch.x8664, number: 0)) == Answer.allow)
    }

    @Test func `a default that differs only in its errno is no repetition`() throws {
        let program = try program(profile(.errno, [rule(.errno, ["read"], errno: 5), rule(.allow, ["close"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 0)) == Answer.errno(5))
    }

    @Test func `a call of an architecture that is not listed is killed`() throws {
        let program = try program(profile(.allow, [rule(.errno, ["mkdir"])]))
        #expect(decide(program, Call(architecture: Arch.riscv64, number: 83)) == Answer.killThread)
    }

    @Test func `every listed architecture is filtered by its own numbers`() throws {
        let architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
        let program = try program(profile(.errno, architectures: architectures, [rule(.allow, ["openat", "statx"])]))
        // openat: x86_64 257, i386 295, aarch64 56, arm 322.
        for (arch, number) in [(Arch.x8664, 257), (Arch.i386, 295), (Arch.aarch64, 56), (Arch.arm, 322)] as [(UInt32, UInt32)] {
            #expect(decide(program, Call(architecture: arch, number: number)) == Answer.allow)
            #expect(decide(program, Call(architecture: arch, number: number - 1)) == Answer.refused)
        }
    }

    @Test func `a long profile is a tree and decides the same`() throws {
        // Enough names to pass runc's threshold of 32.
        let names = [
            "read", "write", "open", "close", "stat", "fstat", "lstat", "poll", "lseek", "mmap", "mprotect", "munmap", "brk",
            "ioctl", "pread64", "pwrite64", "readv", "writev", "access", "pipe", "select", "sched_yield", "mremap", "msync",
            "mincore", "madvise", "shmget", "shmat", "shmctl", "dup", "dup2", "pause", "nanosleep", "getitimer", "alarm",
        ]
        let program = try program(profile(.errno, [rule(.allow, names)]))
        let allowed: Set<UInt32> = Set([
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
            37,
        ])
        for number in 0...37 as ClosedRange<UInt32> {
            let expected = allowed.contains(number) ? Answer.allow : Answer.refused
            #expect(decide(program, Call(architecture: Arch.x8664, number: number)) == expected, "\(number)")
        }
    }

    @Test func `a profile that allows everything makes no filter`() throws {
        #expect(try compile(Seccomp(defaultAction: .allow)) == nil)
        #expect(try compile(Seccomp(defaultAction: .errno)) != nil)
    }
}
