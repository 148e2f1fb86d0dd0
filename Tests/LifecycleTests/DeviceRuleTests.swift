import JSON
import TestKit
import Testing

// linux.resources.devices: what a cgroup's device program really lets through.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2, "needs root and cgroup2"), .timeLimit(.minutes(2)))
struct DeviceRuleTests {
    /// What opening nodes says that a process with CAP_MKNOD makes in a container of these rules: EPERM is the cgroup's refusal.
    /// A number that no driver has is let through to ENXIO.
    func opened(_ rules: Value?, _ nodes: [(String, Int, Int)], mode: String = "rw") throws -> [String?] {
        let bundle = try Bundle()
        bundle.set("/root/readonly", false)
        if let rules { bundle.set("/linux/resources/devices", rules) } else { bundle.remove("/linux/resources/devices") }
        for set in ["bounding", "effective", "permitted"] { bundle.append("/process/capabilities/\(set)", "CAP_MKNOD") }
        var words = ["/bin/probe"]
        for (type, major, minor) in nodes {
            words += ["mknod", "/\(type)\(major)-\(minor)", type, String(major), String(minor), "--", "open", "/\(type)\(major)-\(minor)", mode, "--"]
        }
        bundle.set("/process/args", Value(words.dropLast()))
        return try bundle.run().lines().filter { $0["action"]?.string == "open" }.map { $0["errno"]?.string }
    }

    static let denyAll: Value = ["allow": false, "access": "rwm"]

    @Test func `what is not allowed is refused`() throws {
        let answers = try opened([Self.denyAll], [("c", 1, 99), ("b", 7, 0), ("c", 1, 3)])
        #expect(answers == ["EPERM", "EPERM", nil])
    }

    @Test func `what is allowed is opened`() throws {
        let answers = try opened([Self.denyAll, ["allow": true, "type": "c", "major": 1, "minor": 99, "access": "rwm"]], [("c", 1, 99), ("c", 1, 98)])
        #expect(answers == ["ENXIO", "EPERM"])
    }

    @Test func `access is by kind`() throws {
        let rules: Value = [Self.denyAll, ["allow": true, "type": "c", "major": 1, "minor": 99, "access": "r"]]
        for (mode, expected) in [("r", "ENXIO"), ("w", "EPERM"), ("rw", "EPERM")] {
            let answers = try opened(rules, [("c", 1, 99)], mode: mode)
            #expect(answers == [expected])
        }
    }

    @Test func `a rule without minor is for all of the major`() throws {
        let answers = try opened([Self.denyAll, ["allow": true, "type": "c", "major": 1, "access": "rwm"]], [("c", 1, 99), ("c", 2, 99)])
        #expect(answers == ["ENXIO", "EPERM"])
    }

    @Test func `a later rule takes away`() throws {
        let rules: Value = [["allow": true, "access": "rwm"], ["allow": false, "type": "c", "major": 1, "minor": 99, "access": "rw"]]
        let answers = try opened(rules, [("c", 1, 99), ("c", 1, 98), ("c", 1, 3)])
        #expect(answers == ["EPERM", "ENXIO", nil])
    }

    @Test func `allowing all allows all`() throws {
        let answers = try opened([["allow": true, "access": "rwm"]], [("c", 1, 99), ("b", 1, 99)])
        #expect(answers == ["ENXIO", "ENXIO"])
    }

    @Test func `the default devices work under a deny of all`() throws {
        let answers = try opened([Self.denyAll], [3, 5, 7, 8, 9].map { ("c", 1, $0) })
        #expect(answers == [nil, nil, nil, nil, nil])
    }

    @Test func `a block device is no character device`() throws {
        let rules: Value = [Self.denyAll, ["allow": true, "type": "b", "major": 1, "minor": 99, "access": "rwm"]]
        let answers = try opened(rules, [("c", 1, 99), ("b", 1, 99)])
        #expect(answers == ["EPERM", "ENXIO"])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "wording"), arguments: [
        (#"{"allow": true, "type": "x", "access": "rwm"}"#, "type"), (#"{"allow": true, "access": "rwz"}"#, "access"),
        (#"{"allow": true, "type": "c", "access": ""}"#, "access"),
    ])
    func `a faulty rule is refused by field`(rule: String, field: String) throws {
        let bundle = try waiting()
        bundle.append("/linux/resources/devices", try Value(json: rule))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/linux/resources/devices/1/\(field)"))
    }
}
