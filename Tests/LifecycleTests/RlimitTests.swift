import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct RlimitTests {
    static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    @Test func `every limit is set, soft and hard`() throws {
        let own = try execute([ProbeBinary.path, "report"]).report()
        let bundle = try Bundle()
        var limits: [Value] = []
        var expected: [String: [UInt64]] = [:]
        for name in Self.names {
            let present = own.limit("RLIMIT_\(name)")
            // Below what we have, so that no privilege is needed; enough for the probe.
            let hard = min(present[1], 1 << 33)
            let soft = hard > 2 ? hard - 1 : hard
            limits.append(["type": .string("RLIMIT_\(name)"), "soft": Value(soft), "hard": Value(hard)])
            expected["RLIMIT_\(name)"] = [soft, hard]
        }
        bundle.set("/process/rlimits", .array(limits))
        let report = try bundle.report()
        for (name, limit) in expected { #expect(report.limit(name) == limit, "\(name)") }
    }

    @Test func `what is not listed is inherited`() throws {
        let own = try execute([ProbeBinary.path, "report"]).report()
        let bundle = try Bundle()
        bundle.set("/process/rlimits", [["type": "RLIMIT_CORE", "soft": 0, "hard": 0]])
        let report = try bundle.report()
        #expect(report.limit("RLIMIT_CORE") == [0, 0])
        for name in Self.names where name != "CORE" { #expect(report.limit("RLIMIT_\(name)") == own.limit("RLIMIT_\(name)"), "\(name)") }
    }

    @Test(arguments: ["RLIMIT_WISDOM", "NOFILE", "rlimit_nofile", ""])
    func `an unknown limit is an error that names it`(type: String) throws {
        let bundle = try Bundle()
        bundle.set("/process/rlimits", [["type": .string(type), "soft": 1, "hard": 1]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(type))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc lets the last count"))
    func `a limit twice is an error`() throws {
        let bundle = try Bundle()
        bundle.append("/process/rlimits", ["type": "RLIMIT_NOFILE", "soft": 10, "hard": 10])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("RLIMIT_NOFILE"))
    }

    @Test func `soft above hard is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 20, "hard": 10]])
        #expect(try Container(bundle).create().status == 1)
    }

    @Test(.enabled(if: !Host.canRaiseLimits, "this machine may raise limits"))
    func `a hard limit that may not be raised is an error that names it`() throws {
        let own = try execute([ProbeBinary.path, "report"]).report().limit("RLIMIT_NOFILE")
        let bundle = try Bundle()
        bundle.set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 1, "hard": Value(own[1] + 1)]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.tells("EPERM"))
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("RLIMIT_NOFILE")) }
    }

    @Test func `few descriptors are enough for the container to come up`() throws {
        let bundle = try Bundle()
        bundle.set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 16, "hard": 16]])
        #expect(try bundle.report().limit("RLIMIT_NOFILE") == [16, 16])
    }
}
