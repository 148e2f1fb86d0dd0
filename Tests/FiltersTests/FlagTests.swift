import Filters
import Spec
import Testing

/// SECCOMP_FILTER_FLAG_* of `<linux/seccomp.h>`: LOG 2, SPEC_ALLOW 4, NEW_LISTENER 8, WAIT_KILLABLE_RECV 32.
@Suite struct FlagTests {
    private func flags(_ flags: [Seccomp.Flag]?, action: Seccomp.Action = .errno) throws -> UInt32 {
        var seccomp = profile(.allow, [rule(action, ["mkdir"])])
        seccomp.flags = flags
        seccomp.listenerPath = "/run/agent.sock"
        return try #require(try compile(seccomp)).flags
    }

    @Test func `without a word the container is not slowed down for speculation`() throws { #expect(try flags(nil) == 4) }

    @Test func `an empty list is no flag`() throws { #expect(try flags([]) == 0) }

    @Test func `flags are passed on, and synchronising one thread is nothing`() throws {
        #expect(try flags([.log]) == 2)
        #expect(try flags([.tsync]) == 0)
        #expect(try flags([.tsync, .log, .specAllow]) == 6)
    }

    @Test func `a rule that notifies makes a listener`() throws {
        #expect(try flags([], action: .notify) == 8)
        #expect(try flags(nil, action: .notify) == 12)
    }

    @Test(.enabled(if: FilterSupport.flags.contains(Seccomp.Flag.waitKillableRecv.rawValue), "needs Linux 5.19"))
    func `how notifications are waited for counts only with a listener`() throws {
        #expect(try flags([.waitKillableRecv], action: .notify) == 40)
        #expect(try flags([.waitKillableRecv]) == 0)
    }
}

/// runtime-spec features-linux.md, "Seccomp".
@Suite struct SupportTests {
    @Test func `names are those of the specification, sorted`() {
        #expect(
            FilterSupport.knownActions == [
                "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
                "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
            ])
        #expect(
            FilterSupport.operators == [
                "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE",
            ])
        #expect(FilterSupport.architectures == FilterSupport.architectures.sorted())
        // libseccomp 2.5.4 and later.
        #expect(
            Set(FilterSupport.architectures).isSuperset(
                of: ["AARCH64", "ARM", "PPC64LE", "RISCV64", "S390X", "X32", "X86", "X86_64"].map { "SCMP_ARCH_" + $0 }))
        #expect(FilterSupport.knownFlags == ["TSYNC", "SPEC_ALLOW", "LOG", "WAIT_KILLABLE_RECV"].map { "SECCOMP_FILTER_FLAG_" + $0 })
    }

    @Test func `the kernel has what Linux 5.14 has`() {
        #expect(FilterSupport.actions == FilterSupport.knownActions)
        #expect(Set(FilterSupport.flags).isSuperset(of: ["TSYNC", "SPEC_ALLOW", "LOG"].map { "SECCOMP_FILTER_FLAG_" + $0 }))
    }

    @Test func `the library tells its version`() {
        let parts = FilterSupport.libraryVersion.split(separator: ".").compactMap { Int($0) }
        #expect(parts.count == 3)
        #expect(parts.first == 2)
    }
}
