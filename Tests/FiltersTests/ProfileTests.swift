import Filters
import Spec
import Testing

/// Whole profiles, as engines write them.
@Suite struct ProfileTests {
    private func engine() throws -> [UInt64] { try program(Fixture.seccomp("engine")) }

    private func answer(_ number: UInt32, _ arguments: UInt64...) throws -> UInt32 {
        decide(try engine(), Call(architecture: Arch.x8664, number: number, arguments: arguments))
    }

    @Test(.enabled(if: !Fixture.numbers.isEmpty, "needs the kernel's table of x86_64 numbers"))
    func `every call of the kernel's table gets what the profile says`() throws {
        let seccomp = try Fixture.seccomp("engine")
        let program = try engine()
        let allowed = Set(seccomp.rules.filter { $0.action == .allow && $0.arguments.isEmpty }.flatMap(\.names))
        let conditional = Set(seccomp.rules.filter { !$0.arguments.isEmpty }.flatMap(\.names)).union(["clone3"])
        // Newer ones a libseccomp may not know yet.
        for (name, number) in Fixture.numbers where number <= 440 && !conditional.contains(name) {
            let expected = allowed.contains(name) ? Answer.allow : Answer.refused
            #expect(decide(program, Call(architecture: Arch.x8664, number: number)) == expected, "\(name)")
        }
    }

    @Test func `clone is allowed without new namespaces`() throws {
        #expect(try answer(56, 0x0121_1f11) == Answer.allow)
        for flag in [0x2000_0000, 0x1000_0000, 0x0200_0000, 0x4000_0000, 0x0800_0000, 0x0400_0000, 0x0002_0000] as [UInt64] {
            #expect(try answer(56, 0x11 | flag) == Answer.refused)
        }
    }

    @Test func `clone3 does not exist, so that libc takes clone`() throws { #expect(try answer(435) == Answer.noSuchCall) }

    @Test func `several values of the same argument are alternatives`() throws {
        for persona in [0, 8, 0x20000, 0x20008, 0xffff_ffff] as [UInt64] { #expect(try answer(135, persona) == Answer.allow) }
        for persona in [1, 9, 0x40000, 0x1_0000_0000, 0x1_0000_0008] as [UInt64] { #expect(try answer(135, persona) == Answer.refused) }
    }

    @Test func `every family of sockets but one`() throws {
        #expect(try answer(41, 2) == Answer.allow)
        #expect(try answer(41, 40) == Answer.refused)
    }

    @Test func `new calls do not exist, old ones are refused`() throws {
        #expect(try answer(165) == Answer.refused)
        #expect(try answer(1000) == Answer.noSuchCall)
        #expect(decide(try engine(), Call(architecture: Arch.i386, number: 21)) == Answer.refused)
        #expect(decide(try engine(), Call(architecture: Arch.i386, number: 1000)) == Answer.noSuchCall)
        #expect(try answer(x32Bit | 165) == Answer.refused)
        #expect(try answer(x32Bit | 1000) == Answer.noSuchCall)
        #expect(decide(try engine(), Call(architecture: Arch.aarch64, number: 63)) == Answer.killThread)
    }

    @Test func `the other two conventions are filtered by their numbers`() throws {
        // read is 3 on i386 and 0 on x32, execve 11 and 520, fcntl64 221 on i386 only.
        for (arch, number) in [(Arch.i386, 3), (Arch.i386, 11), (Arch.i386, 221), (Arch.x8664, x32Bit), (Arch.x8664, x32Bit | 520)]
            as [(UInt32, UInt32)]
        {
            #expect(decide(try engine(), Call(architecture: arch, number: number)) == Answer.allow, "\(arch) \(number)")
        }
    }

    @Test func `a profile for another machine kills what it does not name`() throws {
        let program = try program(Fixture.seccomp("arm64"))
        func answer(_ arch: UInt32, _ number: UInt32) -> UInt32 { decide(program, Call(architecture: arch, number: number)) }
        // aarch64: read 63, exit_group 94, unshare 97, mount 40; arm: read 3, unshare 337, mount 21.
        #expect(answer(Arch.aarch64, 63) == Answer.allow)
        #expect(answer(Arch.aarch64, 97) == Answer.log)
        #expect(answer(Arch.aarch64, 98) == Answer.noSuchCall)
        #expect(answer(Arch.aarch64, 40) == Answer.killProcess)
        #expect(answer(Arch.arm, 3) == Answer.allow)
        #expect(answer(Arch.arm, 337) == Answer.log)
        #expect(answer(Arch.arm, 338) == Answer.noSuchCall)
        #expect(answer(Arch.arm, 21) == Answer.killProcess)
        #expect(answer(Arch.arm, 0xf_0005) == Answer.allow)
    }

    @Test func `a profile with an agent needs a listener`() throws {
        let filter = try #require(try compile(Fixture.seccomp("notify")))
        #expect(filter.needsListener)
        #expect(decide(filter.program, Call(architecture: Arch.x8664, number: 165)) == Answer.notify)
        #expect(decide(filter.program, Call(architecture: Arch.x8664, number: 166)) == Answer.allow)
    }

    @Test func `the same profile makes the same program`() throws { #expect(try engine() == engine()) }
}
