import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct HierarchyTests {
    @Test func `controllers are enabled all along the path`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("/\(bundle.id)/a/b/c"))
        bundle.set(
            "/linux/resources",
            ["memory": ["limit": 67_108_864], "pids": ["limit": 7], "cpu": ["quota": 50000, "period": 100_000, "cpus": "0"]])
        bundle.process(
            "for level in $CG/../../.. $CG/../.. $CG/..; do cat $level/cgroup.subtree_control; done; cd $CG; cat memory.max pids.max cpu.max cpuset.cpus"
        )
        let outcome = try bundle.outside(
            "swiftrun run --bundle $BUNDLE $ID; status=$?; ls $CG/a/b | grep -x c; rmdir $CG/a/b $CG/a $CG; exit $status")
        let lines = outcome.outputLines
        #expect(lines.count == 7, "the cgroup itself is gone: \(outcome)")
        for level in lines.prefix(3) {
            #expect(
                Set(level.split(separator: " ").map(String.init)).isSuperset(of: ["memory", "pids", "cpu", "cpuset", "io"]), "\(outcome)")
        }
        #expect(lines.dropFirst(3) == ["67108864", "7", "50000 100000", "0"])
    }

    @Test func `a relative path is beside the runtime's own cgroup`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("\(bundle.id)-beside"))
        bundle.process("cat /proc/self/cgroup")
        let outcome = try bundle.outside(
            """
            mkdir -p $CG/own
            sh -c 'echo $$ > '$CG'/own/cgroup.procs; exec swiftrun --root '$ROOT' run --bundle '$BUNDLE' '$ID
            rmdir $CG/own $CG
            """)
        #expect(outcome.output == "0::/\(bundle.id)/\(bundle.id)-beside\n", "\(outcome)")
    }

    @Test func `a cgroup in which somebody is already is refused, and stays`() throws {
        let bundle = try GuestBundle()
        let outcome = try bundle.outside(
            """
            mkdir $CG
            sleep 3600 >/dev/null 2>&1 &
            echo $! > $CG/cgroup.procs
            swiftrun run --bundle $BUNDLE $ID; echo status $?
            kill $!; wait $!
            rmdir $CG; echo removed $?
            """)
        #expect(outcome.errors.contains("container's cgroup is not empty: 1 process(es) found"), "\(outcome)")
        #expect(outcome.figures == ["status": 1, "removed": 0])
    }

    @Test func `a frozen cgroup is refused, and stays`() throws {
        let bundle = try GuestBundle()
        let outcome = try bundle.outside(
            "mkdir $CG; echo 1 > $CG/cgroup.freeze; swiftrun run --bundle $BUNDLE $ID; echo status $?; rmdir $CG; echo removed $?")
        #expect(outcome.errors.contains("container's cgroup unexpectedly frozen"), "\(outcome)")
        #expect(outcome.figures == ["status": 1, "removed": 0])
    }

    @Test func `below a threaded cgroup there is a container without limits of a domain`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("/\(bundle.id)/threads/box"))
        bundle.resources("pids/limit", 9)
        bundle.process("cat $CG/cgroup.type $CG/pids.max")
        let outcome = try bundle.outside(
            """
            mkdir -p $CG/threads && echo threaded > $CG/threads/cgroup.type && echo +pids +cpu > $CG/cgroup.subtree_control
            swiftrun run --bundle $BUNDLE $ID; echo status $?
            rmdir $CG/threads $CG
            """)
        #expect(outcome.outputLines == ["threaded", "9", "status 0"], "\(outcome)")
    }

    @Test func `below a threaded cgroup a limit of memory is refused`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("/\(bundle.id)/threads/box"))
        bundle.resources("memory/limit", 67_108_864)
        let outcome = try bundle.outside(
            "mkdir -p $CG/threads && echo threaded > $CG/threads/cgroup.type; swiftrun run --bundle $BUNDLE $ID; echo status $?; rmdir $CG/threads $CG; echo removed $?"
        )
        #expect(outcome.errors.contains("with domain controllers (memory)"), "\(outcome)")
        #expect(outcome.figures == ["status": 1, "removed": 0])
    }

    @Test func `a cgroup whose parent has processes of its own gets no controllers, and the error says so`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/cgroupsPath", .string("/\(bundle.id)/below"))
        bundle.resources("memory/limit", 67_108_864)
        let outcome = try bundle.outside(
            """
            mkdir $CG; sleep 3600 >/dev/null 2>&1 & echo $! > $CG/cgroup.procs
            swiftrun run --bundle $BUNDLE $ID; echo status $?
            kill $!; wait $!; rmdir $CG; echo removed $?
            """)
        #expect(outcome.errors.contains("/\(bundle.id)/below with domain controllers (memory)"), "\(outcome)")
        #expect(outcome.figures == ["status": 1, "removed": 0])
    }
}
