import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct CapabilityTests {
    static let sets = ["bounding", "effective", "inheritable", "permitted", "ambient"]

    func report(_ capabilities: Value, uid: Int = 0, noNewPrivileges: Value = false) throws -> Report {
        let bundle = try Bundle()
        bundle.set("/process/noNewPrivileges", noNewPrivileges)
        bundle.set("/process/capabilities", capabilities)
        bundle.set("/process/user/uid", Value(uid))
        return try bundle.report()
    }

    @Test func `each set is the one listed`() throws {
        let report = try report([
            "bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"], "permitted": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_CHOWN", "CAP_KILL"],
            "inheritable": [],
        ])
        // Root's program gets at exec what the bounding set still has.
        #expect(report.capabilities("bounding") == 1 << 0 | 1 << 5 | 1 << 13)
        #expect(report.capabilities("permitted") == 1 << 0 | 1 << 5 | 1 << 13)
        #expect(report.capabilities("effective") == 1 << 0 | 1 << 5 | 1 << 13)
        #expect(report.capabilities("inheritable") == 0)
        #expect(report.capabilities("ambient") == 0)
    }

    @Test func `without new privileges root's program gets no more than is listed`() throws {
        let report = try report(
            ["bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"], "permitted": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_CHOWN"]],
            noNewPrivileges: true)
        #expect(report.capabilities("bounding") == 1 << 0 | 1 << 5 | 1 << 13)
        #expect(report.capabilities("permitted") == 1 << 0 | 1 << 5)
    }

    @Test func `a user has what is ambient`() throws {
        let names: Value = ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"]
        let report = try report(
            ["bounding": names, "permitted": names, "effective": names, "inheritable": names, "ambient": ["CAP_NET_BIND_SERVICE"]], uid: 1000)
        #expect(report.capabilities("ambient") == 1 << 10)
        #expect(report.capabilities("effective") == 1 << 10)
        #expect(report.capabilities("permitted") == 1 << 10)
        #expect(report.capabilities("inheritable") == 1 << 10 | 1 << 0)
        #expect(report.capabilities("bounding") == 1 << 10 | 1 << 0)
    }

    @Test func `a user without ambient ones has none`() throws {
        let names: Value = ["CAP_CHOWN"]
        let report = try report(["bounding": names, "permitted": names, "effective": names], uid: 1000)
        #expect(report.capabilities("effective") == 0)
        #expect(report.capabilities("permitted") == 0)
        #expect(report.capabilities("bounding") == 1)
    }

    @Test func `empty sets drop everything`() throws {
        let report = try report(["bounding": [], "permitted": [], "effective": [], "inheritable": [], "ambient": []])
        for set in Self.sets { #expect(report.capabilities(set) == 0, "\(set)") }
    }

    @Test func `an empty object drops everything`() throws {
        let report = try report([:])
        for set in Self.sets { #expect(report.capabilities(set) == 0, "\(set)") }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 drops all"))
    func `without capabilities nothing is changed`() throws {
        let bundle = try Bundle()
        bundle.remove("/process/capabilities")
        let own = try execute([ProbeBinary.path, "report"]).report()
        let report = try bundle.report()
        for set in ["bounding", "effective", "permitted"] { #expect(report.capabilities(set) == own.capabilities(set), "\(set)") }
    }

    @Test func `an unknown name is no error`() throws {
        let report = try report(["bounding": ["CAP_CHOWN", "CAP_FLY"], "permitted": ["CAP_CHOWN", "CAP_FLY"], "effective": ["CAP_CHOWN", "CAP_FLY"]])
        #expect(report.capabilities("bounding") == 1)
    }

    @Test func `an unknown name is not spoken of where the container writes`() throws {
        let bundle = try Bundle()
        bundle.append("/process/capabilities/bounding", "CAP_FLY")
        bundle.probe("exit", "0")
        let container = try Container(bundle)
        let outcome = try container.create()
        #expect(outcome.status == 0)
        if UnderTest.isSwiftrun { #expect(outcome.errorBytes.isEmpty) }
    }

    @Test func `ambient ones that cannot be raised are no error`() throws {
        let report = try report(["bounding": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"], "ambient": ["CAP_CHOWN"]])
        #expect(report.capabilities("ambient") == 0, "what is not inheritable cannot be ambient")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun && !Host.canRaiseLimits, "this machine grants CAP_SYS_RESOURCE, or it is runc 1.1, which fails"))
    func `what the runtime itself does not have is left out`() throws {
        let names: Value = ["CAP_CHOWN", "CAP_SYS_RESOURCE"]
        let report = try report(["bounding": names, "permitted": names, "effective": names])
        #expect(report.capabilities("effective") == 1)
    }

    @Test(arguments: [true, false])
    func `no new privileges is as asked`(isSet: Bool) throws {
        let bundle = try Bundle()
        bundle.set("/process/noNewPrivileges", .bool(isSet))
        #expect(try bundle.report()["noNewPrivs"]?.integer == (isSet ? 1 : 0))
    }

    @Test func `no new privileges is off unless asked for`() throws {
        let bundle = try Bundle()
        bundle.remove("/process/noNewPrivileges")
        #expect(try bundle.report()["noNewPrivs"]?.integer == 0)
    }

    @Test func `securebits are the program's usual`() throws {
        #expect(try Bundle().report()["securebits"]?.integer == 0, "keep-caps does not stay")
    }
}
