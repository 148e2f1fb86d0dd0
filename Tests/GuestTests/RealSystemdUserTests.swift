import JSON
import TestKit
import Testing

/// The systemd driver of a user, with his own manager.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(5)))
struct RealSystemdUserTests {
    /// Runs a script as the user within what his manager has, as a caller such as podman sees to. `$UNIT` is the container's scope, and `up`
    /// runs it detached; `$CG` is its cgroup.
    static func run(_ bundle: GuestBundle, _ script: String, seconds: Int = 60) throws -> Outcome {
        try bundle.outside(
            """
            rm -rf /run/user/1000/$ID; cp -r $BUNDLE /run/user/1000/$ID; chown -R user:user /run/user/1000/$ID
            cat > /run/user/1000/$ID/script <<'END-OF-SCRIPT'
            UNIT=swiftrun-$ID.scope
            OWN=/user.slice/user-1000.slice/user@1000.service
            CG=/sys/fs/cgroup$OWN/user.slice/$UNIT
            swiftrun() { command swiftrun --root /run/user/1000/$ID/root "$@"; }
            up() { swiftrun --systemd-cgroup run --detach --bundle /run/user/1000/$ID $ID </dev/null >out 2>&1 || cat out >&2; }
            show() { for name in "$@"; do echo "$name=$(systemctl --user show --value --property $name $UNIT)"; done; }
            values() { for file in "$@"; do echo "$file=$(cat $CG/$file)"; done; }
            gone() { while systemctl --user list-units --all --plain --no-legend $UNIT | grep -q .; do :; done; }
            \(script)
            END-OF-SCRIPT
            cd /run/user/1000/$ID; as_user env ID=$ID systemd-run --user --scope --quiet sh ./script
            """, seconds: seconds)
    }

    static func bundle() throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.remove("/linux/cgroupsPath")
        bundle.remove("/linux/resources")
        bundle.namespace("network", nil)
        bundle.namespace("user", "")
        bundle.unmount("/dev/pts")
        bundle.unmount("/sys")
        bundle.unmount("/sys/fs/cgroup")
        bundle.set("/linux/uidMappings", [["containerID": 0, "hostID": 1000, "size": 1]])
        bundle.set("/linux/gidMappings", [["containerID": 0, "hostID": 1000, "size": 1]])
        bundle.process("exec sleep 3600")
        return bundle
    }

    @Test func `a scope in the user's own slice, from create to delete`() throws {
        let bundle = try Self.bundle()
        bundle.set("/linux/resources", ["memory": ["limit": 67_108_864], "pids": ["limit": 20], "cpu": ["quota": 50000]])
        let outcome = try Self.run(
            bundle,
            """
            up; show Slice ControlGroup MemoryMax TasksMax CPUQuotaPerSecUSec Delegate; values memory.max pids.max cpu.max
            sed 's/^/member=/' /proc/$(swiftrun ps --format json $ID | tr -d '[]')/cgroup
            swiftrun exec $ID cat /proc/self/cgroup | sed 's/^/exec=/'
            swiftrun pause $ID; swiftrun state $ID | grep -c '"paused"' | sed 's/^/paused=/'; swiftrun resume $ID
            swiftrun update --memory 32m --pids-limit 10 $ID; echo "updated=$?"
            show MemoryMax TasksMax | sed 's/^/new/'; values memory.max pids.max | sed 's/^/new/'
            swiftrun kill $ID KILL; until swiftrun state $ID | grep -q '"stopped"'; do :; done
            swiftrun delete $ID; echo "deleted=$?"; gone; [ ! -e $CG ]; echo "gone=$?"; ls -A root
            """)
        let place = "/user.slice/user-1000.slice/user@1000.service/user.slice/swiftrun-\(bundle.id).scope"
        #expect(
            outcome.assignments == [
                "Slice": "user.slice", "ControlGroup": place, "MemoryMax": "67108864", "TasksMax": "20", "CPUQuotaPerSecUSec": "500ms",
                "Delegate": "yes", "memory.max": "67108864", "pids.max": "20", "cpu.max": "50000 100000", "member": "0::\(place)",
                "exec": "0::\(place)", "paused": "1", "updated": "0", "newMemoryMax": "33554432", "newTasksMax": "10",
                "newmemory.max": "33554432", "newpids.max": "10", "deleted": "0", "gone": "0",
            ], "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test(arguments: [("", "user.slice"), ("NAME.slice", "NAME.slice"), ("NAME-b.slice", "NAME.slice/NAME-b.slice")])
    func `slices are below what the user's manager has`(slice: String, path: String) throws {
        let bundle = try Self.bundle()
        func named(_ text: String) -> String {
            text.split(separator: "NAME", omittingEmptySubsequences: false).joined(separator: bundle.id)
        }
        bundle.set("/linux/cgroupsPath", .string("\(named(slice)):box:\(bundle.id)"))
        let outcome = try Self.run(
            bundle,
            """
            up; UNIT=box-$ID.scope; show ControlGroup; swiftrun delete --force $ID; echo "deleted=$?"; gone
            systemctl --user stop $ID.slice 2>/dev/null
            """)
        let own = "/user.slice/user-1000.slice/user@1000.service"
        #expect(outcome.assignments == ["ControlGroup": "\(own)/\(named(path))/box-\(bundle.id).scope", "deleted": "0"], "\(outcome)")
    }

    @Test func `the bus is found without the variables of a session`() throws {
        let outcome = try Self.run(
            try Self.bundle(),
            "unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR; up; swiftrun delete --force $ID; echo \"deleted=$?\"")
        #expect(outcome.output == "deleted=0\n", "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test func `a manager that stands still is waited for only so long`() throws {
        let bundle = try Self.bundle()
        let outcome = try Self.run(
            bundle,
            """
            up; manager=$(systemctl --user show --value --property MainPID dbus.service >/dev/null; ps -o ppid= $(systemctl --user show --value --property MainPID dbus.service))
            trap 'kill -CONT $manager' EXIT; kill -STOP $manager
            begin=$(cut -d . -f 1 /proc/uptime)
            swiftrun update --pids-limit 5 $ID; echo "update=$?"
            swiftrun delete --force $ID; echo "delete=$?"
            [ $(( $(cut -d . -f 1 /proc/uptime) - begin )) -le 30 ]; echo "bounded=$?"
            swiftrun --systemd-cgroup create --bundle /run/user/1000/$ID $ID; echo "create=$?"; ls -A root
            kill -CONT $manager; gone
            """, seconds: 90)
        #expect(outcome.assignments == ["update": "1", "delete": "0", "bounded": "0", "create": "1"], "\(outcome)")
        let silence = "systemd: unit swiftrun-\(bundle.id).scope: systemd did not answer Subscribe within 10.0 seconds"
        #expect(
            outcome.errors == """
                swiftrun: update \(bundle.id): \(silence); the limits are as they were
                swiftrun: warning: \(silence)
                swiftrun: \(silence)

                """, "\(outcome)")
    }

    @Test func `the first call of a session finds a systemd that is yet to come to the bus`() throws {
        // The user's bus is started by whoever connects to it first; systemd comes to it then.
        let outcome = try Self.run(
            try Self.bundle(), "systemctl --user stop dbus.service 2>/dev/null; up; swiftrun delete --force $ID; echo \"deleted=$?\"")
        #expect(outcome.output == "deleted=0\n", "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }
}
