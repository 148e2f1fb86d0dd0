import JSON
import TestKit
import Testing

/// What systemd knows of a container's limits, and what its files say: the same, however often systemd writes them.
@Suite(.inGuest(.systemd), .enabled(if: Guest.systemd.canBoot, "no Debian guest here"), .timeLimit(.minutes(5)))
struct RealSystemdLimitTests {
    static let names = [
        "MemoryMax", "MemoryLow", "MemoryHigh", "MemoryMin", "MemorySwapMax", "CPUWeight", "CPUQuotaPerSecUSec", "CPUQuotaPeriodUSec",
        "AllowedCPUs", "AllowedMemoryNodes", "TasksMax", "IOWeight",
    ]
    static let files = [
        "memory.max", "memory.low", "memory.high", "memory.min", "memory.swap.max", "cpu.weight", "cpu.max", "cpu.max.burst", "cpuset.cpus",
        "cpuset.mems", "pids.max", "io.weight", "hugetlb.2MB.max",
    ]

    /// Prints all of them, under `prefix`.
    static func all(_ prefix: String = "") -> String {
        "{ show \(names.joined(separator: " ")); values \(files.joined(separator: " ")); } | sed 's/^/\(prefix)/'\n"
    }

    static func limited() throws -> GuestBundle {
        let bundle = try GuestBundle.scope()
        bundle.set(
            "/linux/resources",
            [
                "devices": [["allow": false, "access": "rwm"]],
                "memory": ["limit": 67_108_864, "reservation": 33_554_432, "swap": 100_663_296],
                "cpu": ["shares": 2048, "quota": 25500, "period": 50000, "burst": 1000, "cpus": "0", "mems": "0"], "pids": ["limit": 77],
                "blockIO": ["weight": 500], "hugepageLimits": [["pageSize": "2MB", "limit": 4_194_304]],
                "unified": ["memory.high": "62914560", "memory.min": "1048576"],
            ])
        return bundle
    }

    static let limits = [
        // As systemctl(1) prints them: 25500 of 50000 µs are 51 percent.
        "MemoryMax": "67108864", "MemoryLow": "33554432", "MemoryHigh": "62914560", "MemoryMin": "1048576", "MemorySwapMax": "33554432",
        "CPUWeight": "174", "CPUQuotaPerSecUSec": "510ms", "CPUQuotaPeriodUSec": "50ms", "AllowedCPUs": "0", "AllowedMemoryNodes": "0",
        "TasksMax": "77", "IOWeight": "4950",
        "memory.max": "67108864", "memory.low": "33554432", "memory.high": "62914560", "memory.min": "1048576",
        "memory.swap.max": "33554432",
        "cpu.weight": "174", "cpu.max": "25500 50000", "cpu.max.burst": "1000", "cpuset.cpus": "0", "cpuset.mems": "0", "pids.max": "77",
        "io.weight": "default 4950", "hugetlb.2MB.max": "4194304",
    ]

    @Test func `limits are properties and files`() throws {
        let bundle = try Self.limited()
        #expect(try bundle.withUnit("up\n" + Self.all()).assignments == Self.limits)
    }

    @Test func `they hold when systemd writes its own anew`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.withUnit(
            "up; systemctl daemon-reload; systemctl set-property --runtime $UNIT CPUWeight=174\n" + Self.all())
        #expect(outcome.assignments == Self.limits, "\(outcome)")
    }

    @Test func `the unit is ours, without the order of the boot, and with all accounts kept`() throws {
        let bundle = try GuestBundle.scope()
        let outcome = try bundle.withUnit(
            """
            up; show Description DefaultDependencies Delegate CollectMode MemoryAccounting CPUAccounting IOAccounting TasksAccounting Transient
            """)
        #expect(
            outcome.assignments == [
                "Description": "swiftrun container \(bundle.id)", "DefaultDependencies": "no", "Delegate": "yes",
                "CollectMode": "inactive-or-failed", "MemoryAccounting": "yes", "CPUAccounting": "yes", "IOAccounting": "yes",
                "TasksAccounting": "yes", "Transient": "yes",
            ], "\(outcome)")
    }

    @Test func `annotations are properties, seconds as microseconds`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set(
            "/annotations",
            [
                "org.systemd.property.TimeoutStopSec": "7", "org.systemd.property.Description": "'a box'",
                "org.systemd.property.ManagedOOMPreference": "'avoid'",
            ])
        let outcome = try bundle.withUnit("up; show TimeoutStopUSec Description ManagedOOMPreference; swiftrun delete --force $ID; gone")
        #expect(
            outcome.assignments == ["TimeoutStopUSec": "7s", "Description": "a box", "ManagedOOMPreference": "avoid"], "\(outcome)")
    }

    @Test func `an annotation that is no property is systemd's error, and leaves nothing`() throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/annotations", ["org.systemd.property.NoSuchProperty": "1"])
        let outcome = try bundle.withUnit(
            "swiftrun --systemd-cgroup create --bundle $BUNDLE $ID; echo $?; systemctl is-active $UNIT; ls -A $ROOT")
        #expect(outcome.output == "1\ninactive\n", "\(outcome)")
        #expect(outcome.errors.contains("NoSuchProperty"), "\(outcome)")
    }

    @Test(
        arguments: [
            ([:], "[not set]", "100", "0"), (["shares": 1024], "100", "100", "0"), (["idle": 1], "idle", "0", "1"),
            (["idle": 1, "shares": 2048], "idle", "0", "1"),
        ] as [(Value, String, String, String)])
    func `idleness is a weight to systemd`(cpu: Value, property: String, weight: String, idle: String) throws {
        let bundle = try GuestBundle.scope()
        bundle.resources("cpu", cpu)
        let outcome = try bundle.withUnit(
            "up; show CPUWeight; values cpu.weight cpu.idle; systemctl daemon-reload; values cpu.weight cpu.idle")
        #expect(outcome.assignments == ["CPUWeight": property, "cpu.weight": weight, "cpu.idle": idle], "\(outcome)")
    }

    @Test(arguments: [
        // Up to a percent of a processor, which is what systemd reckons in.
        (10001, 100_000, "110ms", "11000 100000"), (33333, 50000, "670ms", "33500 50000"), (200_000, 100_000, "2s", "200000 100000"),
    ])
    func `a quota is rounded to what systemd can say, in its file too`(quota: Int, period: Int, property: String, file: String) throws {
        let bundle = try GuestBundle.scope()
        bundle.resources("cpu", ["quota": .number("\(quota)"), "period": .number("\(period)")])
        let outcome = try bundle.withUnit("up; show CPUQuotaPerSecUSec; values cpu.max; systemctl daemon-reload; values cpu.max")
        #expect(outcome.assignments == ["CPUQuotaPerSecUSec": property, "cpu.max": file], "\(outcome)")
    }

    @Test(arguments: [(0, "1"), (1, "1"), (-1, "infinity"), (50, "50")])
    func `the limit of processes`(limit: Int, property: String) throws {
        let bundle = try GuestBundle.scope()
        bundle.set("/ociVersion", "1.3.0")
        bundle.resources("pids/limit", .number("\(limit)"))
        // Which forks nothing.
        bundle.set("/process/args", ["/bin/sleep", "3600"])
        let outcome = try bundle.withUnit("up; show TasksMax; values pids.max")
        #expect(outcome.assignments == ["TasksMax": property, "pids.max": limit < 0 ? "max" : property], "\(outcome)")
    }

    @Test func `an update is told to systemd`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.withUnit(
            """
            up; swiftrun update --memory 128m --memory-swap 256m --memory-reservation 16m --cpu-share 512 --cpu-quota 10000 --cpu-period 20000 \
                --cpu-burst 500 --cpuset-cpus 0-1 --cpuset-mems 0 --pids-limit 55 --blkio-weight 100 $ID || exit 1
            systemctl daemon-reload
            """ + "\n" + Self.all())
        let changed = [
            "MemoryMax": "134217728", "MemoryLow": "16777216", "MemorySwapMax": "134217728", "CPUWeight": "59",
            "CPUQuotaPerSecUSec": "500ms",
            "CPUQuotaPeriodUSec": "20ms", "AllowedCPUs": "0-1", "TasksMax": "55", "IOWeight": "910",
            "memory.max": "134217728", "memory.low": "16777216", "memory.swap.max": "134217728", "cpu.weight": "59",
            "cpu.max": "10000 20000",
            "cpu.max.burst": "500", "cpuset.cpus": "0-1", "pids.max": "55", "io.weight": "default 910",
        ]
        #expect(outcome.assignments == Self.limits.merging(changed) { $1 }, "\(outcome)")
    }

    @Test func `an update that the kernel refuses changes neither files nor properties`() throws {
        let bundle = try Self.limited()
        let outcome = try bundle.withUnit(
            "up; swiftrun update --memory-reservation 1m --pids-limit 5 --cpuset-cpus 9 $ID; echo \"status=$?\"\n" + Self.all())
        #expect(outcome.assignments == Self.limits.merging(["status": "1"]) { $1 }, "\(outcome)")
        #expect(outcome.errors.hasSuffix("; the limits are as they were\n"), "\(outcome)")
    }

    @Test func `device rules hold however often systemd writes its own`() throws {
        let bundle = try GuestBundle.scope()
        bundle.append("/linux/devices", ["path": "/dev/loop-control", "type": "c", "major": 10, "minor": 237, "fileMode": 438])
        bundle.append("/linux/resources/devices", ["allow": true, "type": "c", "major": 10, "minor": 237, "access": "r"])
        let outcome = try bundle.withUnit(
            """
            up; systemctl daemon-reload; systemctl set-property --runtime $UNIT TasksMax=50; systemctl daemon-reexec
            swiftrun exec $ID sh -c '(: < /dev/loop-control); (: > /dev/loop-control); (: > /dev/null); echo null=$?'
            """)
        #expect(outcome.assignments == ["null": "0"], "\(outcome)")
        // What is allowed gets as far as the driver, which this guest does not have.
        #expect(
            outcome.errors
                == "sh: can't open /dev/loop-control: No such device\nsh: can't create /dev/loop-control: Operation not permitted\n")
    }
}
