import JSON
import TestKit
import Testing

/// Where what is run in a container later finds itself.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct ExecTests {
    /// As a service manager or a Docker in a container does it: its processes are in a cgroup below, so that those beside it can have limits.
    static func managing() throws -> GuestBundle {
        let bundle = try FrozenTests.nested()
        bundle.config.set(
            "/process/args",
            [
                "/bin/sh", "-c",
                """
                cd /sys/fs/cgroup && mkdir init other && echo $$ > init/cgroup.procs && echo +memory +pids > cgroup.subtree_control
                echo 5 > other/pids.max; echo up; exec sleep 3600
                """,
            ])
        try bundle.start()
        return bundle
    }

    static let ready = "until grep -q up $BUNDLE/out; do :; done\n"

    @Test func `a cgroup that may have no processes gives way to that of the first process`() throws {
        let bundle = try Self.managing()
        let outcome = try bundle.outside(
            Self.ready
                + "cat $CG/cgroup.subtree_control; swiftrun exec $ID cat /proc/self/cgroup; echo status $?; cat /proc/$(cat $BUNDLE/pid)/cgroup"
        )
        #expect(outcome.outputLines == ["memory pids", "0::/init", "status 0", "0::/\(bundle.id)/init"], "\(outcome)")
    }

    @Test func `a cgroup that is asked for is joined, and its limits hold`() throws {
        let bundle = try Self.managing()
        let outcome = try bundle.outside(
            Self.ready
                + """
                swiftrun exec --cgroup other $ID cat /proc/self/cgroup
                swiftrun exec --cgroup other $ID sh -c 'for number in 1 2 3 4 5 6 7; do sleep 3600 & done; echo all'
                grep max $CG/other/pids.events; echo 1 > $CG/other/cgroup.kill
                """)
        #expect(outcome.outputLines == ["0::/other", "max 1"], "\(outcome)")
        #expect(outcome.errors.contains("can't fork"), "\(outcome)")
    }

    @Test(arguments: ["nowhere", "..", "other/../../.."])
    func `a cgroup that is not below the container's is an error`(path: String) throws {
        let bundle = try Self.managing()
        let outcome = try bundle.outside(Self.ready + "swiftrun exec --cgroup \(path) $ID true; echo status $?")
        #expect(outcome.output == "status 255\n", "\(outcome)")
    }

    @Test func `processors, processes and devices are the container's`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources", ["cpu": ["cpus": "1"], "pids": ["limit": 4], "devices": [["allow": false, "access": "rwm"]]])
        bundle.append("/linux/devices", ["path": "/dev/loop-control", "type": "c", "major": 10, "minor": 237, "fileMode": 438])
        bundle.process("exec sleep 3600")
        let outcome = try bundle.outside(
            """
            modprobe loop; swiftrun run --detach --bundle $BUNDLE $ID >/dev/null 2>&1 || exit 1
            swiftrun exec $ID sed -n 's/Cpus_allowed_list://p' /proc/self/status
            swiftrun exec $ID sh -c ': < /dev/loop-control'; echo opened $?
            swiftrun exec $ID sh -c 'for number in 1 2 3 4 5 6 7; do sleep 3600 & done; echo all'; echo forked $?
            """)
        #expect(outcome.outputLines.first == "\t1", "\(outcome)")
        #expect(outcome.figures["opened"] == 1)
        #expect(try #require(outcome.figures["forked"]) != 0 && !outcome.output.contains("all"), "\(outcome)")
    }
}
