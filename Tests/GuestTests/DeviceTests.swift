import JSON
import TestKit
import Testing

/// /dev/loop-control (10:237) is a device that no default rule allows, and that asks for no capability.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct DeviceTests {
    static func opening(_ rules: [Value]) throws -> [String: Int] {
        let bundle = try GuestBundle()
        bundle.append("/linux/devices", ["path": "/dev/loop-control", "type": "c", "major": 10, "minor": 237, "fileMode": 438])
        for rule in rules { bundle.append("/linux/resources/devices", rule) }
        bundle.process("(: < /dev/loop-control); echo read $?; (: > /dev/loop-control); echo write $?; (: > /dev/null); echo null $?")
        return try bundle.outside("modprobe loop; swiftrun run --bundle $BUNDLE $ID").figures
    }

    @Test func `what no rule allows is denied, a node being there or not`() throws {
        #expect(try Self.opening([]) == ["read": 1, "write": 1, "null": 0])
    }

    @Test func `what a rule allows is allowed, and no more`() throws {
        #expect(
            try Self.opening([["allow": true, "type": "c", "major": 10, "minor": 237, "access": "r"]]) == [
                "read": 0, "write": 1, "null": 0,
            ])
    }

    @Test func `a rule without numbers is for all`() throws {
        #expect(try Self.opening([["allow": true, "type": "c", "access": "rw"]]) == ["read": 0, "write": 0, "null": 0])
    }

    @Test func `the later rule takes back what the earlier gave`() throws {
        #expect(
            try Self.opening([["allow": true, "access": "rwm"], ["allow": false, "type": "c", "major": 10, "minor": 237, "access": "w"]])
                == ["read": 0, "write": 1, "null": 0])
    }

    @Test func `nodes may be made, and serve for nothing`() throws {
        let bundle = try GuestBundle()
        for set in ["bounding", "effective", "permitted"] { bundle.append("/process/capabilities/\(set)", "CAP_MKNOD") }
        bundle.process("mknod /dev/made c 10 237; echo made $?; (: < /dev/made); echo read $?")
        #expect(try bundle.run().figures == ["made": 0, "read": 1])
    }
}
