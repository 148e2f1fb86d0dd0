import JSON
import TestKit
import Testing

/// With a bus or a systemd that does not answer every verb ends, says what it waited for, and leaves nothing.
///
/// Whoever else uses the guest's bus meanwhile waits too: like all of the guests these tests run one after the other (.ci/test).
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .serialized, .timeLimit(.minutes(10)))
struct RealSystemdBusTests {
    /// Runs `script` while the system's bus stands. `timed WORDS` runs the runtime, and prints the verb with its status, and whether it ended
    /// within `limit` seconds.
    static func withoutBus(_ bundle: GuestBundle, before: String, _ script: String, after: String) throws -> Outcome {
        try bundle.withUnit(
            """
            \(before)
            bus=$(systemctl show --value --property MainPID dbus.service)
            trap 'kill -CONT $bus' EXIT
            now() { cut -d . -f 1 /proc/uptime; }
            timed() {
                limit=$1 verb=$2; shift; begin=$(now)
                swiftrun --systemd-cgroup "$@" </dev/null >$DIR/said 2>$DIR/complained
                echo "$verb=$?"; [ $(( $(now) - begin )) -le $limit ] || echo "$verb=after $(( $(now) - begin )) s"
                sed "s/^/$verb: /" $DIR/complained >&2
            }
            kill -STOP $bus
            \(script)
            kill -CONT $bus
            \(after)
            """, seconds: 150)
    }

    /// Of unit `x` on the bus: what is said when nobody takes the connection.
    static func untaken(_ unit: String) -> String {
        "systemd: unit \(unit): the bus at /run/dbus/system_bus_socket did not take a connection within 10.0 seconds"
    }

    @Test func `create ends, names its unit, and leaves nothing`() throws {
        let bundle = try GuestBundle.scope()
        let outcome = try Self.withoutBus(
            bundle, before: "", "timed 15 create --bundle $BUNDLE $ID", after: "ls -A $ROOT; systemctl is-active $UNIT")
        #expect(outcome.output == "create=1\ninactive\n", "\(outcome)")
        #expect(outcome.errors == "create: swiftrun: \(Self.untaken("swiftrun-\(bundle.id).scope"))\n")
    }

    @Test func `what needs no systemd does not wait for it`() throws {
        let bundle = try GuestBundle.scope()
        let outcome = try Self.withoutBus(
            bundle, before: "up",
            """
            timed 5 state $ID; timed 5 exec $ID true; timed 5 ps --format json $ID; timed 5 events --stats $ID; timed 5 list
            timed 5 pause $ID; timed 5 resume $ID; timed 5 kill $ID KILL
            """, after: "")
        #expect(
            outcome.assignments == [
                "state": "0", "exec": "0", "ps": "0", "events": "0", "list": "0", "pause": "0", "resume": "0", "kill": "0",
            ], "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test func `update ends, names the unit, and the limits are as they were`() throws {
        let bundle = try GuestBundle.scope()
        bundle.resources("pids/limit", 40)
        let outcome = try Self.withoutBus(
            bundle, before: "up", "timed 15 update --pids-limit 5 $ID; values pids.max", after: "show TasksMax; values pids.max")
        #expect(outcome.assignments == ["update": "1", "pids.max": "40", "TasksMax": "40"], "\(outcome)")
        #expect(
            outcome.errors
                == "update: swiftrun: update \(bundle.id): \(Self.untaken("swiftrun-\(bundle.id).scope")); the limits are as they were\n")
    }

    @Test(arguments: ["kill $ID KILL; until swiftrun state $ID | grep -q stopped; do :; done", ""])
    func `delete is done all the same, and systemd removes the scope once it can`(before: String) throws {
        let bundle = try GuestBundle.scope()
        let outcome = try Self.withoutBus(
            bundle, before: "up; \(before.isEmpty ? "" : "swiftrun " + before)", "timed 20 delete --force $ID; ls -A $ROOT",
            after: "gone; ls -d $CG 2>/dev/null")
        #expect(outcome.output == "delete=0\n", "\(outcome)")
        #expect(outcome.errors == "delete: swiftrun: warning: \(Self.untaken("swiftrun-\(bundle.id).scope"))\n")
    }

    @Test func `a slice, which nobody removes but us, stays for another delete`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string("system.slice:x:\(bundle.id).slice"))
        let outcome = try Self.withoutBus(
            bundle, before: "up; UNIT=$ID.slice", "timed 20 delete --force $ID", after: "ls $ROOT; swiftrun delete $ID; gone; ls -A $ROOT")
        #expect(outcome.output == "delete=1\n\(bundle.id)\n", "\(outcome)")
        #expect(outcome.errors == "delete: swiftrun: \(Self.untaken("\(bundle.id).slice"))\n")
    }

    @Test func `a failing create whose scope cannot be stopped says so, and the scope goes when systemd can`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set(
            "/hooks/createRuntime",
            [
                [
                    "path": "/bin/sh",
                    "args": ["sh", "-c", "kill -STOP $(systemctl show --value --property MainPID dbus.service); exit 3"],
                    "env": ["PATH=/bin:/usr/bin"],
                ]
            ])
        let outcome = try bundle.withUnit(
            """
            bus=$(systemctl show --value --property MainPID dbus.service); trap 'kill -CONT $bus' EXIT
            swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo "create=$?"; ls -A $ROOT
            kill -CONT $bus; gone
            """)
        #expect(outcome.output == "create=1\n", "\(outcome)")
        #expect(outcome.errors.contains("; and its cgroup could not be removed: systemd: unit swiftrun-\(bundle.id).scope: "), "\(outcome)")
    }

    @Test func `a job that is not done is named, with what it is at`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/annotations", ["org.systemd.property.After": .string("['\(bundle.id)-slow.service']")])
        let outcome = try bundle.withUnit(
            """
            systemd-run --quiet --collect --no-block --property Type=oneshot --unit $ID-slow sleep 3600
            swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo "create=$?"; ls -A $ROOT
            systemctl stop $ID-slow; gone
            """, seconds: 90)
        #expect(outcome.output == "create=1\n", "\(outcome)")
        let words = /swiftrun: systemd: job [0-9]+ \(start swiftrun-[a-z0-9]+\.scope\) was not done, still queued, within 30\.0 seconds\n/
        #expect(outcome.errors.wholeMatch(of: words) != nil, "\(outcome)")
    }
}
