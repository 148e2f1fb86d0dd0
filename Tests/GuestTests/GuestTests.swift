import TestKit
import Testing

/// The harness itself: what is wrong here makes every other answer from a guest doubtful.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct GuestTests {
    @Test func `status, output and errors come back apart`() throws {
        let outcome = try Guest.plain.run("echo said; echo complained >&2; exit 7")
        #expect(outcome.ending == .exited(7))
        #expect(outcome.output == "said\n")
        #expect(outcome.errors == "complained\n")
    }

    @Test func `a signal is told as one`() throws {
        #expect(try Guest.plain.run("kill -9 $$").ending == .killed(signal: 9))
    }

    @Test func `much output comes whole`() throws {
        #expect(try Guest.plain.run("dd if=/dev/zero bs=1M count=3 2>/dev/null").outputBytes.count == 3 << 20)
    }

    @Test func `who keeps the output open holds up nobody`() throws {
        let outcome = try Guest.plain.run("sleep 3600 & echo $!")
        #expect(outcome.status == 0)
        #expect(try Guest.plain.run("kill \(outcome.output)").status == 0)
    }

    @Test func `a script that does not end is killed, and the failure shows what it was at`() throws {
        let failure = #expect(throws: Failure.self) { try Guest.plain.run("sleep 3600", seconds: 1) }
        #expect(failure?.description.contains("sleep 3600") == true)
    }

    @Test func `every controller is the guest's own`() throws {
        let controllers = Set(try Guest.plain.run("cat /sys/fs/cgroup/cgroup.controllers").output.split(whereSeparator: \.isWhitespace))
        #expect(controllers.isSuperset(of: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"]))
    }

    @Test func `root has every capability`() throws {
        let last = try Guest.plain.run("cat /proc/sys/kernel/cap_last_cap; sed -n 's/CapEff:.//p' /proc/self/status").output.split(
            separator: "\n")
        #expect(last.count == 2 && UInt64(last[1], radix: 16) == (1 << (UInt64(last[0])! + 1)) - 1)
    }

    @Test func `a container runs`() throws {
        let bundle = try GuestBundle()
        bundle.process("echo inside; cat /proc/self/cgroup; exit 5")
        let outcome = try bundle.run()
        #expect(outcome.ending == .exited(5))
        #expect(outcome.output == "inside\n0::/\(bundle.id)\n")
        #expect(outcome.errors == "")
    }
}
