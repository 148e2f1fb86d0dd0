import Filters
import Spec
import Testing

@Suite struct RefusalTests {
    private func refusal(_ seccomp: Seccomp) -> String? {
        #expect(throws: FilterError.self) { _ = try compile(seccomp) }?.description
    }

    @Test func `an errno with an action that takes none`() {
        #expect(
            refusal(profile(.errno, [rule(.allow, ["read"]), rule(.kill, ["write"], errno: 1)]))
                == "config.json: /linux/seccomp/syscalls/1/errnoRet: must not be set: SCMP_ACT_KILL takes no value")
        var seccomp = profile(.allow, [rule(.errno, ["read"])])
        seccomp.defaultErrnoRet = 0
        #expect(refusal(seccomp) == "config.json: /linux/seccomp/defaultErrnoRet: must not be set: SCMP_ACT_ALLOW takes no value")
    }

    @Test(arguments: [(.errno, 4096, 4095), (.trace, 65536, 65535)] as [(Seccomp.Action, UInt32, Int)])
    func `an errno the kernel would change`(action: Seccomp.Action, errno: UInt32, largest: Int) {
        #expect(
            refusal(profile(.allow, [rule(action, ["read"], errno: errno)]))
                == "config.json: /linux/seccomp/syscalls/0/errnoRet: must be at most \(largest) for \(action.rawValue), found \(errno)")
    }

    @Test func `an architecture nobody knows`() {
        #expect(
            refusal(profile(.errno, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_VAX"], [rule(.allow, ["read"])]))
                == "config.json: /linux/seccomp/architectures/1: unknown architecture \"SCMP_ARCH_VAX\"")
        #expect(refusal(profile(.errno, architectures: ["X86_64"], []))?.contains("unknown architecture \"X86_64\"") == true)
    }

    @Test func `an architecture of the other byte order`() {
        #expect(
            refusal(profile(.errno, architectures: ["SCMP_ARCH_S390X"], []))?.hasPrefix(
                "config.json: /linux/seccomp/architectures/0: seccomp_arch_add: ") == true)
    }

    @Test func `a listed architecture twice is once`() throws {
        let twice = try program(
            profile(.errno, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"], [rule(.allow, ["read"])]))
        let once = try program(profile(.errno, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64"], [rule(.allow, ["read"])]))
        #expect(twice == once)
    }

    @Test func `a rule without names, and names that are none`() {
        #expect(
            refusal(profile(.errno, [rule(.allow, [])]))
                == "config.json: /linux/seccomp/syscalls/0/names: must name at least one system call")
        #expect(
            refusal(profile(.errno, [rule(.allow, ["read", ""])]))
                == "config.json: /linux/seccomp/syscalls/0/names/1: must be the name of a system call, found \"\"")
        #expect(refusal(profile(.errno, [rule(.allow, ["re\0ad"])])) != nil)
    }

    @Test func `a seventh argument`() {
        let condition = Seccomp.Argument(index: 6, value: 0, valueTwo: 0, comparison: .equal)
        #expect(
            refusal(profile(.errno, [rule(.allow, ["read"], [condition])]))
                == "config.json: /linux/seccomp/syscalls/0/args/0/index: must be 0 to 5, found 6")
    }

    @Test func `notification where nobody can answer`() {
        func notifying(_ name: String) -> Seccomp {
            var seccomp = profile(.allow, [rule(.notify, [name])])
            seccomp.listenerPath = "/run/agent.sock"
            return seccomp
        }
        #expect(refusal(notifying("write")) == "config.json: /linux/seccomp/syscalls/0/action: SCMP_ACT_NOTIFY cannot be used for write")
        var byDefault = notifying("read")
        byDefault.defaultAction = .notify
        #expect(refusal(byDefault) == "config.json: /linux/seccomp/defaultAction: SCMP_ACT_NOTIFY cannot be the default action")
        var unheard = notifying("read")
        unheard.listenerPath = ""
        #expect(refusal(unheard) == "config.json: /linux/seccomp/listenerPath: must be set: a rule has the action SCMP_ACT_NOTIFY")
        var metadata = profile(.allow, [rule(.errno, ["read"])])
        metadata.listenerMetadata = "x"
        #expect(refusal(metadata) == "config.json: /linux/seccomp/listenerMetadata: must not be set without listenerPath")
    }

    @Test func `a program longer than the kernel takes`() throws {
        var seccomp = try Fixture.seccomp("engine")
        seccomp.architectures += ["AARCH64", "ARM", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC64LE", "RISCV64"].map { "SCMP_ARCH_" + $0 }
        seccomp.rules += (0..<16).map { number in
            // Different ones for each rule: libseccomp shares what is the same.
            rule(
                .allow, ["personality"],
                (0..<6).map { index in
                    let value = UInt64(number) << 32 | UInt64(number * 10 + index)
                    return Seccomp.Argument(index: UInt32(index), value: value, valueTwo: 0, comparison: .equal)
                })
        }
        let error = refusal(seccomp)
        #expect(error?.hasPrefix("config.json: /linux/seccomp/syscalls: makes a program of ") == true)
        #expect(error?.hasSuffix("instructions, but the kernel takes at most 4096") == true)
    }
}
