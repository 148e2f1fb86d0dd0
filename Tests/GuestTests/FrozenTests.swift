import JSON
import TestKit
import Testing

/// Containers that stand still can be ended all the same, and soon.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct FrozenTests {
    /// With cgroups of its own below its own, in one of which a process is.
    static func nested() throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.append("/linux/namespaces", ["type": "cgroup"])
        bundle.unmount("/sys/fs/cgroup")
        bundle.mount("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev"])
        bundle.config.set(
            "/process/args",
            [
                "/bin/sh", "-c",
                """
                mkdir -p /sys/fs/cgroup/sub/deep
                sleep 3600 & echo $! > /sys/fs/cgroup/sub/deep/cgroup.procs
                echo ready > /proc/self/comm
                while :; do wait; done
                """,
            ])
        return bundle
    }

    /// Until the container's shell has made its cgroups.
    static let ready = "until grep -q . $CG/sub/deep/cgroup.procs 2>/dev/null; do :; done\n"

    static func frozen(_ what: String) -> String {
        "echo 1 > $CG/\(what)cgroup.freeze; until grep -q 'frozen 1' $CG/\(what)cgroup.events; do :; done\n"
    }

    @Test(arguments: ["", "sub/", "sub/deep/"])
    func `delete by force ends it`(what: String) throws {
        let bundle = try Self.nested()
        try bundle.start()
        let outcome = try bundle.outside(
            Self.ready + Self.frozen(what) + "swiftrun delete --force $ID; echo status $?; [ ! -e $CG ]; echo gone $?", seconds: 10)
        #expect(outcome.figures == ["status": 0, "gone": 0], "\(outcome)")
    }

    @Test(arguments: ["", "sub/", "sub/deep/"])
    func `SIGKILL ends it, and what is left is deleted`(what: String) throws {
        let bundle = try Self.nested()
        try bundle.start()
        let outcome = try bundle.outside(
            Self.ready + Self.frozen(what)
                + """
                swiftrun kill $ID KILL; echo killed $?
                until swiftrun state $ID | grep -q '"stopped"'; do :; done
                swiftrun delete $ID; echo status $?; [ ! -e $CG ]; echo gone $?
                """, seconds: 10)
        #expect(outcome.figures == ["killed": 0, "status": 0, "gone": 0], "\(outcome)")
    }

    @Test func `without a pid namespace of its own SIGKILL ends all its processes, frozen or not`() throws {
        let bundle = try Self.nested()
        bundle.namespace("pid", nil)
        try bundle.start()
        let outcome = try bundle.outside(
            Self.ready + Self.frozen("sub/")
                + """
                cat $CG/cgroup.procs $CG/sub/deep/cgroup.procs > $BUNDLE/pids
                swiftrun kill $ID KILL; echo killed $?
                for pid in $(cat $BUNDLE/pids); do while [ -e /proc/$pid ]; do :; done; done
                swiftrun delete $ID; echo status $?; [ ! -e $CG ]; echo gone $?
                """, seconds: 10)
        #expect(outcome.figures == ["killed": 0, "status": 0, "gone": 0], "\(outcome)")
    }

    @Test func `state says paused, of a freeze by whomever`() throws {
        let bundle = try Self.nested()
        try bundle.start()
        let outcome = try bundle.outside(Self.ready + Self.frozen("") + "swiftrun state $ID; swiftrun delete --force $ID")
        #expect(outcome.output.contains("\"status\": \"paused\""), "\(outcome)")
    }

    @Test func `cgroups that the container made go with it`() throws {
        let bundle = try Self.nested()
        bundle.config.set("/process/args", ["/bin/sh", "-c", "cd /sys/fs/cgroup && mkdir -p a/b/c d && echo 1 > a/cgroup.freeze"])
        let outcome = try bundle.outside("swiftrun run --bundle $BUNDLE $ID; echo status $?; [ ! -e $CG ]; echo gone $?")
        #expect(outcome.figures == ["status": 0, "gone": 0], "\(outcome)")
    }
}
