import Filters
import Spec
import Testing

@Suite struct UnknownCallsTests {
    @Test(arguments: [Seccomp.Action.errno, .kill, .killThread, .killProcess, .trap])
    func `a call above the highest named one does not exist`(action: Seccomp.Action) throws {
        // statx is 332 on x86_64.
        let program = try program(profile(action, [rule(.allow, ["read", "statx"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 332)) == Answer.allow)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 333)) == Answer.noSuchCall)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 0x3fff_ffff)) == Answer.noSuchCall)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 331)) != Answer.noSuchCall)
    }

    @Test(arguments: [Seccomp.Action.allow, .log, .trace])
    func `a default that lets calls through lets new ones through`(action: Seccomp.Action) throws {
        let program = try program(profile(action, [rule(.killProcess, ["read", "statx"])]))
        let known = decide(program, Call(architecture: Arch.x8664, number: 331))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 333)) == known)
    }

    @Test func `a rule that is skipped still names its calls`() throws {
        let program = try program(profile(.errno, [rule(.errno, ["statx"]), rule(.allow, ["read"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: 332)) == Answer.refused)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 333)) == Answer.noSuchCall)
    }

    @Test func `without x32 its numbers are left to the filter, which kills`() throws {
        let program = try program(profile(.errno, [rule(.allow, ["read", "statx"])]))
        #expect(decide(program, Call(architecture: Arch.x8664, number: x32Bit)) == Answer.killThread)
        #expect(decide(program, Call(architecture: Arch.x8664, number: x32Bit | 5000)) == Answer.killThread)
    }

    @Test func `x32 and x86_64 have a boundary each`() throws {
        let architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"]
        let program = try program(profile(.errno, architectures: architectures, [rule(.allow, ["read", "statx", "execve"])]))
        func answer(_ number: UInt32) -> UInt32 { decide(program, Call(architecture: Arch.x8664, number: number)) }
        #expect(answer(332) == Answer.allow)
        #expect(answer(333) == Answer.noSuchCall)
        #expect(answer(0x3fff_ffff) == Answer.noSuchCall)
        // execve is 520 on x32, above statx.
        #expect(answer(x32Bit) == Answer.allow)
        #expect(answer(x32Bit | 332) == Answer.allow)
        #expect(answer(x32Bit | 333) == Answer.refused)
        #expect(answer(x32Bit | 520) == Answer.allow)
        #expect(answer(x32Bit | 521) == Answer.noSuchCall)
    }

    @Test func `every architecture has its own boundary`() throws {
        let architectures = [
            "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_RISCV64",
        ]
        let program = try program(profile(.errno, architectures: architectures, [rule(.allow, ["read", "openat"])]))
        // openat: x86_64 257, i386 295, aarch64 56 (read 63), arm 322, riscv64 56 (read 63).
        let highest: [(UInt32, UInt32)] = [(Arch.x8664, 257), (Arch.i386, 295), (Arch.aarch64, 63), (Arch.arm, 322), (Arch.riscv64, 63)]
        for (arch, number) in highest {
            #expect(decide(program, Call(architecture: arch, number: number)) == Answer.allow)
            #expect(decide(program, Call(architecture: arch, number: number - 1)) == Answer.refused)
            #expect(decide(program, Call(architecture: arch, number: number + 1)) == Answer.noSuchCall)
        }
    }

    @Test func `private calls of 32-bit ARM are no new ones`() throws {
        // set_tls is 0xf0005.
        let program = try program(profile(.errno, architectures: ["SCMP_ARCH_ARM"], [rule(.allow, ["set_tls", "openat"])]))
        #expect(decide(program, Call(architecture: Arch.arm, number: 323)) == Answer.noSuchCall)
        #expect(decide(program, Call(architecture: Arch.arm, number: 0xf_0005)) == Answer.allow)
        #expect(decide(program, Call(architecture: Arch.arm, number: 0xf_0001)) == Answer.refused)
    }

    @Test func `a default of ENOSYS needs nothing in front`() throws {
        var seccomp = profile(.errno, [rule(.allow, ["read"])])
        let longer = try program(seccomp).count
        seccomp.defaultErrnoRet = 38
        let program = try program(seccomp)
        #expect(program.count < longer)
        #expect(decide(program, Call(architecture: Arch.x8664, number: 9999)) == Answer.noSuchCall)
    }
}
