import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct CPUTests {
    /// Keeps one processor busy for a second, then tells what the cgroup used (usage_usec), what it was refused, and what time passed.
    static let busySecond = """
        begin=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
        before=$(sed -n 's/usage_usec //p' $CG/cpu.stat)
        timeout 1 sh -c 'while :; do :; done'
        echo passed $(( ( $(cut -d ' ' -f 1 /proc/uptime | tr -d .) - begin ) * 10000 ))
        echo used $(( $(sed -n 's/usage_usec //p' $CG/cpu.stat) - before ))
        grep nr_ $CG/cpu.stat

        """

    @Test func `a quota holds a busy process back`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/cpu", ["quota": 20000, "period": 100_000])
        bundle.process(Self.busySecond)
        let outcome = try bundle.run()
        let (passed, used) = (try #require(outcome.figures["passed"]), try #require(outcome.figures["used"]))
        // A fifth, and what one period more and the clock's steps may add.
        #expect(Double(used) < Double(passed) * 0.2 + 40000, "\(outcome)")
        #expect(try #require(outcome.figures["nr_throttled"]) >= 5, "\(outcome)")
    }

    @Test func `without a quota nothing is held back`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/cpu", ["quota": -1, "period": 100_000])
        bundle.process(Self.busySecond)
        let outcome = try bundle.run()
        #expect(outcome.figures["nr_throttled"] == 0, "\(outcome)")
    }

    @Test(arguments: [
        // ceil(10^((l² + 125·l)/612 - 7/34)), l = log2(shares): the conversion of runc 1.3.2 and crun 1.23
        (2, 1), (64, 12), (512, 59), (1024, 100), (2048, 174), (262144, 10000), (1, 1), (1_000_000, 10000),
    ])
    func `shares become a weight`(shares: Int, weight: Int) throws {
        let bundle = try GuestBundle()
        bundle.resources("cpu/shares", .number("\(shares)"))
        #expect(try bundle.values("cpu.weight") == ["cpu.weight": "\(weight)"])
    }

    @Test func `of two on one processor the heavier gets more of it`() throws {
        let (light, heavy) = (try GuestBundle("light"), try GuestBundle("heavy"))
        for (bundle, shares) in [(light, 128), (heavy, 8192)] {
            bundle.set("/linux/resources/cpu", ["shares": .number("\(shares)"), "cpus": "0"])
            bundle.process("while :; do :; done")
            try bundle.start()
        }
        // Busy on the other processor meanwhile.
        let outcome = try heavy.outside(
            """
            both() { cat /sys/fs/cgroup/\(light.id)/cpu.stat /sys/fs/cgroup/\(heavy.id)/cpu.stat | sed -n 's/usage_usec //p' | tr '\\n' ' '; }
            set -- $(both)
            taskset 2 timeout 1 sh -c 'while :; do :; done'
            set -- $1 $2 $(both)
            echo light $(( $3 - $1 )); echo heavy $(( $4 - $2 ))
            """)
        let (little, much) = (try #require(outcome.figures["light"]), try #require(outcome.figures["heavy"]))
        // 13:530 of weights; half the kernel's exactness will do.
        #expect(little * 10 < much, "\(outcome)")
    }

    @Test func `a period alone leaves the quota unlimited`() throws {
        let bundle = try GuestBundle()
        bundle.resources("cpu/period", 50000)
        #expect(try bundle.values("cpu.max") == ["cpu.max": "max 50000"])
    }

    @Test func `burst and quota`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/cpu", ["quota": 20000, "period": 100_000, "burst": 10000])
        #expect(try bundle.values("cpu.max", "cpu.max.burst") == ["cpu.max": "20000 100000", "cpu.max.burst": "10000"])
    }

    @Test func `an idle container gives way`() throws {
        let bundle = try GuestBundle()
        bundle.resources("cpu/idle", 1)
        #expect(try bundle.values("cpu.idle") == ["cpu.idle": "1"])
    }

    @Test(arguments: ["0", "1"])
    func `a cpuset pins`(processor: String) throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/cpu", ["cpus": .string(processor), "mems": "0"])
        bundle.process(
            "grep -E '^(Cpus|Mems)_allowed_list' /proc/self/status; cat $CG/cpuset.cpus.effective; cut -d ' ' -f 39 /proc/self/stat")
        #expect(try bundle.run().outputLines == ["Cpus_allowed_list:\t\(processor)", "Mems_allowed_list:\t0", processor, processor])
    }

    @Test func `a processor that is not there is an error that names the field`() throws {
        let bundle = try GuestBundle()
        bundle.resources("cpu/cpus", "7")
        let outcome = try bundle.run()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/linux/resources/cpu/cpus"), "\(outcome)")
    }
}
