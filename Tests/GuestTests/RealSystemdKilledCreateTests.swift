import JSON
import TestKit
import Testing

/// A `create` that is killed while systemd has its unit in hand: `delete` takes the unit back.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(5)))
struct RealSystemdKilledCreateTests {
    /// A container whose unit waits, queued, for a service that starts for ever.
    static func waiting(_ path: (String) -> String) throws -> GuestBundle {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string(path(bundle.id)))
        bundle.set("/annotations", ["org.systemd.property.After": .string("['\(bundle.id)-slow.service']")])
        return bundle
    }

    static let killed = """
        systemd-run --quiet --collect --no-block --property Type=oneshot --unit $ID-slow sleep 3600
        swiftrun --systemd-cgroup create --bundle $BUNDLE $ID 2>/dev/null & create=$!
        until systemctl list-jobs --plain --no-legend | grep -q "$UNIT.*start.*waiting"; do :; done
        { pkill -KILL -P $create; kill -KILL $create; wait $create; } 2>/dev/null

        """

    @Test(arguments: ["scope", "slice"])
    func `whose unit is yet to be started`(kind: String) throws {
        let bundle = try Self.waiting { kind == "scope" ? "system.slice:swiftrun:\($0)" : "system.slice:x:\($0)-box.slice" }
        let outcome = try bundle.withUnit(
            """
            \(kind == "slice" ? "UNIT=$ID-box.slice" : "")
            \(Self.killed)
            ls $ROOT; swiftrun delete --force $ID; echo "delete=$?"; ls -A $ROOT; gone
            systemctl stop $ID-slow; systemctl stop $ID.slice 2>/dev/null
            """)
        #expect(outcome.output == "\(bundle.id)\ndelete=0\n", "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test func `whose slice has been started meanwhile, for nobody`() throws {
        let bundle = try Self.waiting { "system.slice:x:\($0)-box.slice" }
        let outcome = try bundle.withUnit(
            """
            UNIT=$ID-box.slice
            \(Self.killed)
            systemctl stop $ID-slow; until systemctl is-active --quiet $UNIT; do :; done
            swiftrun delete --force $ID; echo "delete=$?"; ls -A $ROOT; gone; systemctl stop $ID.slice
            """)
        #expect(outcome.output == "delete=0\n", "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test func `without force too, which says that there is no container`() throws {
        let bundle = try Self.waiting { "system.slice:x:\($0)-box.slice" }
        let outcome = try bundle.withUnit(
            "UNIT=$ID-box.slice\n\(Self.killed)\nswiftrun delete $ID; echo \"delete=$?\"; ls -A $ROOT; gone; systemctl stop $ID-slow $ID.slice"
        )
        #expect(outcome.output == "delete=1\n", "\(outcome)")
        #expect(outcome.errors == "swiftrun: container does not exist\n", "\(outcome)")
    }

    @Test(arguments: ["system.slice:swiftrun:ID", "system.slice:x:ID-box.slice"])
    func `with its init in the unit`(path: String) throws {
        let bundle = try GuestBundle.scope()
        bundle.set(
            "/linux/cgroupsPath", .string(path.split(separator: "ID", omittingEmptySubsequences: false).joined(separator: bundle.id)))
        bundle.set(
            "/hooks/createRuntime", [["path": "/bin/sh", "args": ["sh", "-c", .string("touch /run/\(bundle.id).hook; exec sleep 3600")]]])
        let outcome = try bundle.withUnit(
            """
            \(path.hasSuffix("slice") ? "UNIT=$ID-box.slice" : "")
            swiftrun --systemd-cgroup create --bundle $BUNDLE $ID 2>/dev/null & create=$!
            until [ -e /run/$ID.hook ]; do :; done; rm /run/$ID.hook
            { pkill -KILL -P $create; kill -KILL $create; wait $create; } 2>/dev/null
            swiftrun delete --force $ID; echo "delete=$?"; ls -A $ROOT; gone; systemctl stop $ID.slice 2>/dev/null
            """)
        #expect(outcome.output == "delete=0\n", "\(outcome)")
    }
}
