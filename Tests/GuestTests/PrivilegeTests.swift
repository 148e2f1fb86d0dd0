import JSON
import TestKit
import Testing

/// What takes CAP_SYS_RESOURCE, which a root need not have elsewhere.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct PrivilegeTests {
    @Test(arguments: [("RLIMIT_NOFILE", 100_000, "-n"), ("RLIMIT_NPROC", 100_000, "-u"), ("RLIMIT_MEMLOCK", 1 << 40, "-l")])
    func `a hard limit is raised above the caller's own`(name: String, value: Int, flag: String) throws {
        let bundle = try GuestBundle()
        bundle.set("/process/rlimits", [["type": .string(name), "soft": .number("\(value)"), "hard": .number("\(value)")]])
        bundle.process("ulimit -H \(flag); ulimit -S \(flag)")
        let own = try bundle.outside("ulimit -H \(flag)")
        let shown = name == "RLIMIT_MEMLOCK" ? value / 1024 : value
        #expect(try #require(own.outputLines.first.flatMap { Int($0) }) < shown)
        #expect(try bundle.run().outputLines == ["\(shown)", "\(shown)"])
    }

    @Test func `a limit of another user's process is raised too`() throws {
        let bundle = try GuestBundle()
        bundle.set("/process/user", ["uid": 1000, "gid": 1000])
        bundle.set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 100_000, "hard": 100_000]])
        bundle.process("id -u; ulimit -H -n")
        #expect(try bundle.run().outputLines == ["1000", "100000"])
    }

    @Test(arguments: [-500, -1000, 500])
    func `the score of the out-of-memory killer is lowered and raised`(score: Int) throws {
        let bundle = try GuestBundle()
        bundle.set("/process/oomScoreAdj", .number("\(score)"))
        bundle.process("cat /proc/self/oom_score_adj /proc/1/oom_score_adj")
        #expect(try bundle.run().outputLines == ["\(score)", "\(score)"])
    }
}
