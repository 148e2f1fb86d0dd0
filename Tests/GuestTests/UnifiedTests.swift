import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct UnifiedTests {
    @Test func `files are written as they are named`() throws {
        let bundle = try GuestBundle()
        bundle.set(
            "/linux/resources/unified",
            [
                "memory.high": "50331648", "memory.min": "4194304", "cpu.max": "30000 90000", "pids.max": "42", "cgroup.max.depth": "3",
                "cpuset.cpus": "0-1", "hugetlb.2MB.max": "2097152", "io.weight": "default 77",
            ])
        let values = try bundle.values(
            "memory.high", "memory.min", "cpu.max", "pids.max", "cgroup.max.depth", "cpuset.cpus", "hugetlb.2MB.max", "io.weight")
        #expect(
            values == [
                "memory.high": "50331648", "memory.min": "4194304", "cpu.max": "30000 90000", "pids.max": "42", "cgroup.max.depth": "3",
                "cpuset.cpus": "0-1", "hugetlb.2MB.max": "2097152", "io.weight": "default 77",
            ])
    }

    @Test func `they win over the other members`() throws {
        let bundle = try GuestBundle()
        bundle.resources("pids/limit", 10)
        bundle.set("/linux/resources/unified", ["pids.max": "20"])
        #expect(try bundle.values("pids.max") == ["pids.max": "20"])
    }

    @Test func `memory.oom.group ends the whole container with the one that takes too much`() throws {
        let bundle = try MemoryTests.limited(32)
        bundle.set("/linux/resources/unified", ["memory.oom.group": "1"])
        bundle.process("\(MemoryTests.taking(64)); echo survived")
        let outcome = try bundle.run()
        #expect(outcome.ending == .exited(137))
        #expect(outcome.output == "")
    }

    @Test func `a file that the kernel does not have is an error that names it`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/unified", ["memory.wisdom": "1"])
        let outcome = try bundle.run()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/linux/resources/unified/memory.wisdom"), "\(outcome)")
    }

    @Test func `a controller that the kernel does not have is an error that names it`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/unified", ["wisdom.max": "1"])
        let outcome = try bundle.run()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("wisdom.max") && outcome.errors.contains("the wisdom controller"), "\(outcome)")
    }
}
