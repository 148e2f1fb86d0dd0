import JSON
import TestKit
import Testing

/// The systemd driver with a systemd, from `create` to `delete`.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(5)))
struct RealSystemdScopeTests {
    @Test func `a scope holds the container, is frozen, killed and removed with it, and its driver is remembered`() throws {
        let bundle = try GuestBundle.scope()
        let outcome = try bundle.withUnit(
            """
            up
            sed 's/^/member=/' /proc/$(swiftrun ps --format json $ID | tr -d '[]')/cgroup
            show ActiveState Slice ControlGroup
            swiftrun exec $ID cat /proc/self/cgroup | sed 's/^/exec=/'
            swiftrun pause $ID; echo "paused=$?"; grep frozen $CG/cgroup.events | tr ' ' =
            swiftrun state $ID | grep -c '"status": "paused"' | sed 's/^/told=/'
            swiftrun resume $ID; echo "resumed=$?"; grep frozen $CG/cgroup.events | sed 's/frozen /thawed=/'
            swiftrun kill $ID KILL; echo "killed=$?"
            until swiftrun state $ID | grep -q '"stopped"'; do :; done
            swiftrun delete $ID; echo "deleted=$?"
            systemctl list-units --all --plain --no-legend $UNIT | sed 's/^/left=/'; [ ! -e $CG ]; echo "cgroup=$?"
            """)
        let place = "/system.slice/swiftrun-\(bundle.id).scope"
        #expect(
            outcome.assignments == [
                "member": "0::\(place)", "ActiveState": "active", "Slice": "system.slice", "ControlGroup": place, "exec": "0::\(place)",
                "paused": "0", "frozen": "1", "told": "1", "resumed": "0", "thawed": "0", "killed": "0", "deleted": "0", "cgroup": "0",
            ], "\(outcome)")
        #expect(outcome.errors == "", "\(outcome)")
    }

    @Test func `in the foreground the scope goes when the program ends`() throws {
        let bundle = try GuestBundle.scope("system.slice", "cat /proc/self/cgroup; exit 5")
        let outcome = try bundle.withUnit(
            "swiftrun --systemd-cgroup run --bundle $BUNDLE $ID; echo $?; gone; ls -d $CG 2>&1 | grep -v 'No such'")
        #expect(outcome.output == "0::/system.slice/swiftrun-\(bundle.id).scope\n5\n", "\(outcome)")
    }

    @Test(arguments: [
        // The slice that is asked for, and the slices above the scope.
        ("", "/system.slice"), ("NAME.slice", "/NAME.slice"), ("NAME-b-c.slice", "/NAME.slice/NAME-b.slice/NAME-b-c.slice"),
        ("-.slice", ""),
    ])
    func `the slice is that of cgroupsPath, nested slices by their dashes`(slice: String, path: String) throws {
        let bundle = try GuestBundle.scope()
        func named(_ text: String) -> String {
            text.split(separator: "NAME", omittingEmptySubsequences: false).joined(separator: bundle.id)
        }
        bundle.set("/linux/cgroupsPath", .string("\(named(slice)):box:\(bundle.id)"))
        let outcome = try bundle.withUnit(
            """
            up; UNIT=box-$ID.scope; show ControlGroup
            swiftrun delete --force $ID; echo "deleted=$?"; gone
            # Slices come with what is in them, and stay: systemd's, not ours.
            systemctl stop "$ID.slice" 2>/dev/null
            """)
        #expect(outcome.assignments == ["ControlGroup": "\(named(path))/box-\(bundle.id).scope", "deleted": "0"], "\(outcome)")
    }

    @Test func `without a cgroupsPath the scope is named after the container, in system slice`() throws {
        let bundle = try GuestBundle.scope()
        bundle.remove("/linux/cgroupsPath")
        let outcome = try bundle.withUnit("up; show ControlGroup; swiftrun delete --force $ID; echo \"deleted=$?\"; gone")
        #expect(outcome.assignments == ["ControlGroup": "/system.slice/swiftrun-\(bundle.id).scope", "deleted": "0"], "\(outcome)")
    }

    @Test(arguments: ["/a", "a:b", "a:b:c:d"])
    func `another form of cgroupsPath is refused, and nothing is made`(path: String) throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string(path))
        let outcome = try bundle.withUnit("swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo $?; ls -A $ROOT 2>/dev/null")
        #expect(outcome.output == "1\n", "\(outcome)")
        #expect(
            outcome.errors
                == "swiftrun: config.json: /linux/cgroupsPath: expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, "
                + "got \"\(path)\" instead\n")
    }

    @Test func `a name that is one of a slice is a slice with the container's processes in it`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string("system.slice:x:\(bundle.id)-box.slice"))
        let outcome = try bundle.withUnit(
            """
            up; UNIT=$ID-box.slice; show ControlGroup ActiveState Description Wants
            sed 's/^/member=/' /proc/$(swiftrun ps --format json $ID | tr -d '[]')/cgroup
            swiftrun delete --force $ID; echo "deleted=$?"; gone; systemctl stop $ID.slice
            """)
        let place = "/\(bundle.id).slice/\(bundle.id)-box.slice"
        #expect(
            outcome.assignments == [
                "ControlGroup": place, "ActiveState": "active", "Description": "swiftrun container \(bundle.id)", "Wants": "system.slice",
                "member": "0::\(place)", "deleted": "0",
            ], "\(outcome)")
    }

    @Test func `a slice that was there before is used, and stays`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string("system.slice:x:\(bundle.id).slice"))
        let outcome = try bundle.withUnit(
            """
            UNIT=$ID.slice; systemctl start $UNIT
            up; sed 's/^/member=/' /proc/$(swiftrun ps --format json $ID | tr -d '[]')/cgroup
            swiftrun delete --force $ID; echo "deleted=$?"; show ActiveState; systemctl stop $UNIT
            """)
        #expect(outcome.assignments == ["member": "0::/\(bundle.id).slice", "deleted": "0", "ActiveState": "active"], "\(outcome)")
    }

    @Test func `a slice with somebody in it is refused, and they live on`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/linux/cgroupsPath", .string("system.slice:x:\(bundle.id).slice"))
        let outcome = try bundle.withUnit(
            """
            systemd-run --quiet --collect --slice $ID.slice --unit $ID-other sleep 3600
            swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo "create=$?"; ls -A $ROOT
            UNIT=$ID-other.service; show ActiveState
            systemctl stop $ID-other.service $ID.slice
            """)
        #expect(outcome.assignments == ["create": "1", "ActiveState": "active"], "\(outcome)")
        #expect(outcome.errors == "swiftrun: container's cgroup is not empty: 1 process(es) found\n")
    }

    @Test func `a unit that lives is not taken over`() throws {
        let bundle = try GuestBundle.scope()
        let outcome = try bundle.withUnit(
            """
            systemd-run --quiet --scope --unit $UNIT sleep 3600 & until systemctl is-active --quiet $UNIT; do :; done
            swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo "status=$?"
            show ActiveState; ls -A $ROOT; systemctl stop $UNIT
            """)
        #expect(outcome.assignments == ["status": "1", "ActiveState": "active"], "\(outcome)")
        #expect(outcome.errors.contains("swiftrun-\(bundle.id).scope was already loaded"), "\(outcome)")
    }

    @Test func `an init that is killed for want of memory is told, and its scope is gone`() throws {
        let bundle = try GuestBundle.scope("system.slice", "exec dd if=/dev/zero of=/dev/null bs=64M count=1")
        bundle.set("/linux/resources/memory", ["limit": 33_554_432, "swap": 33_554_432])
        let outcome = try bundle.withUnit("swiftrun --systemd-cgroup run --bundle $BUNDLE $ID; echo \"status=$?\"; gone")
        #expect(outcome.assignments == ["status": "137"], "\(outcome)")
    }

    @Test func `a container that cannot be made leaves no scope`() throws {
        let bundle = try GuestBundle.scope()
        bundle.mount("/x", "bind", "/no/such/source", ["bind"])
        let outcome = try bundle.withUnit(
            "swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo $?; systemctl is-active $UNIT; ls -A $ROOT")
        #expect(outcome.output == "1\ninactive\n", "\(outcome)")
    }
}
