import JSON
import TestKit
import Testing

/// Limits that change under a container that is at work.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(5)))
struct LiveUpdateTests {
    static let files = [
        "memory.max", "memory.low", "memory.swap.max", "cpu.weight", "cpu.idle", "cpu.max", "cpu.max.burst", "cpuset.cpus", "cpuset.mems",
        "pids.max", "io.weight",
    ]

    /// A container with limits, and the shell function `values`, which prints its files.
    static func limited() throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.resources("memory", ["limit": 67_108_864, "swap": 134_217_728])
        bundle.resources("cpu", ["quota": 40000, "period": 80000])
        bundle.process("exec sleep 3600")
        try bundle.start()
        return bundle
    }

    static let values = "values() { for file in \(files.joined(separator: " ")); do echo \"$file=$(cat $CG/$file)\"; done; }\n"

    static let before = [
        "memory.max": "67108864", "memory.low": "0", "memory.swap.max": "67108864", "cpu.weight": "100", "cpu.idle": "0",
        "cpu.max": "40000 80000", "cpu.max.burst": "0", "cpuset.cpus": "", "cpuset.mems": "", "pids.max": "max", "io.weight": "default 100",
    ]

    @Test(arguments: [
        ("--memory 32m --memory-swap 48m", ["memory.max": "33554432", "memory.swap.max": "16777216"]),
        ("--memory 32m --memory-swap -1", ["memory.max": "33554432", "memory.swap.max": "max"]),
        ("--memory -1", ["memory.max": "max", "memory.swap.max": "max"]), ("--memory-reservation 16m", ["memory.low": "16777216"]),
        ("--memory-reservation -1", ["memory.low": "max"]), ("--cpu-share 512", ["cpu.weight": "59"]),
        // Of quota and period the other one stays.
        ("--cpu-quota 20000", ["cpu.max": "20000 80000"]), ("--cpu-period 50000", ["cpu.max": "40000 50000"]),
        ("--cpu-quota -1", ["cpu.max": "max 80000"]), ("--cpu-burst 10000", ["cpu.max.burst": "10000"]),
        ("--cpu-idle 1", ["cpu.idle": "1", "cpu.weight": "0"]), ("--cpuset-cpus 1", ["cpuset.cpus": "1"]),
        ("--cpuset-mems 0", ["cpuset.mems": "0"]), ("--pids-limit 7", ["pids.max": "7"]), ("--pids-limit 0", ["pids.max": "1"]),
        ("--blkio-weight 500", ["io.weight": "default 4950"]),
    ])
    func `an option changes what it is for, and nothing else`(options: String, changes: [String: String]) throws {
        let bundle = try Self.limited()
        let outcome = try bundle.outside(Self.values + "swiftrun update \(options) $ID || exit 1; values")
        #expect(outcome.assignments == Self.before.merging(changes) { $1 }, "\(outcome)")
        #expect(outcome.errors == "")
    }

    @Test func `when the last of several limits is refused the others are as they were`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.outside(
            Self.values
                + "swiftrun update --memory 32m --memory-swap 32m --cpu-quota 1000 --pids-limit 5 --cpuset-cpus 9 $ID; echo \"status=$?\"; values"
        )
        #expect(outcome.assignments == Self.before.merging(["status": "1"]) { $1 }, "\(outcome)")
        #expect(
            outcome.errors.contains("resources: /cpu/cpus: ") && outcome.errors.hasSuffix("; the limits are as they were\n"), "\(outcome)")
    }

    @Test func `a limit below what is used is refused if it is to be checked`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.outside(
            Self.values + """
                echo '{"memory": {"limit": 4096, "swap": 4096, "checkBeforeUpdate": true}}' | swiftrun update --resources - $ID; echo "status=$?"
                values
                """)
        #expect(outcome.assignments == Self.before.merging(["status": "1"]) { $1 }, "\(outcome)")
        #expect(outcome.errors.contains("resources: /memory/limit: rejecting limit 4096 < usage "), "\(outcome)")
    }

    @Test func `memory`() throws {
        let bundle = try Self.limited()
        let taking = "swiftrun exec $ID \(MemoryTests.taking(48)) 2>/dev/null; echo"
        let outcome = try bundle.outside(
            """
            \(taking) before=$?; swiftrun update --memory 32m --memory-swap 32m $ID; \(taking) less=$?
            swiftrun update --memory 64m --memory-swap 64m $ID; \(taking) again=$?
            """)
        #expect(outcome.assignments == ["before": "0", "less": "137", "again": "0"], "\(outcome)")
    }

    @Test func `processes`() throws {
        let bundle = try Self.limited()
        let forking = "swiftrun exec $ID sh -c 'for number in 1 2 3 4 5; do sleep 0 & done; wait' 2>/dev/null; echo"
        let outcome = try bundle.outside(
            "\(forking) before=$?; swiftrun update --pids-limit 4 $ID; \(forking) less=$(( $? != 0 )); swiftrun update --pids-limit -1 $ID; \(forking) again=$?"
        )
        #expect(outcome.assignments == ["before": "0", "less": "1", "again": "0"], "\(outcome)")
    }

    @Test func `processor time`() throws {
        let bundle = try GuestBundle()
        bundle.process("while :; do :; done")
        try bundle.start()
        let outcome = try bundle.outside(
            """
            throttled() { sed -n 's/nr_throttled //p' $CG/cpu.stat; }
            echo before $(throttled)
            swiftrun update --cpu-quota 20000 --cpu-period 100000 $ID
            begin=$(cut -d ' ' -f 1 /proc/uptime | tr -d .) used=$(sed -n 's/usage_usec //p' $CG/cpu.stat)
            until [ $(throttled) -ge 10 ]; do :; done
            echo passed $(( ( $(cut -d ' ' -f 1 /proc/uptime | tr -d .) - begin ) * 10000 ))
            echo used $(( $(sed -n 's/usage_usec //p' $CG/cpu.stat) - used ))
            """)
        #expect(outcome.figures["before"] == 0, "\(outcome)")
        let (passed, used) = (try #require(outcome.figures["passed"]), try #require(outcome.figures["used"]))
        // A fifth, and what one period more and the clock's steps may add.
        #expect(Double(used) < Double(passed) * 0.2 + 60000, "\(outcome)")
    }

    @Test func `processors, also those of a process that runs`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.outside(
            """
            swiftrun update --cpuset-cpus 1 $ID; sed -n 's/Cpus_allowed_list:.//p' /proc/$(cat $BUNDLE/pid)/status
            swiftrun update --cpuset-cpus 0 $ID; sed -n 's/Cpus_allowed_list:.//p' /proc/$(cat $BUNDLE/pid)/status
            """)
        #expect(outcome.outputLines == ["1", "0"], "\(outcome)")
    }

    @Test func `a device's throughput`() throws {
        try IOTests.withDisk { bundle, disk in
            bundle.process("exec sleep 3600")
            try bundle.start()
            let limits: Value = ["blockIO": ["throttleWriteBpsDevice": IOTests.throttle(disk, 1 << 20)]]
            let outcome = try bundle.outside(
                """
                echo '\(limits.text(.compact))' | swiftrun update --resources - $ID || exit 1
                begin=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
                swiftrun exec $ID dd if=/dev/zero of=/dev/disk bs=64k count=32 oflag=direct 2>/dev/null || exit 1
                echo passed $(( $(cut -d ' ' -f 1 /proc/uptime | tr -d .) - begin ))
                """)
            // What is two seconds' worth; the kernel lets some of it go ahead at once.
            #expect(try #require(outcome.figures["passed"]) >= 130, "\(outcome)")
        }
    }
}
