import Spec
import Systemd
import Testing

@Suite struct LimitPropertyTests {
    private func properties(_ file: String, _ value: String, version: Int = 255, _ moment: Moment = .creation) throws(SystemdError) -> [UnitProperty] {
        try limitProperties([FileSetting(file, value, "/f")], version: version, moment)
    }

    @Test(arguments: [
        ("memory.max", "MemoryMax"), ("memory.low", "MemoryLow"), ("memory.high", "MemoryHigh"), ("memory.min", "MemoryMin"),
        ("memory.swap.max", "MemorySwapMax"), ("pids.max", "TasksMax"),
    ])
    func `an amount is told, and none is infinity`(file: String, property: String) throws {
        #expect(try properties(file, "4096") == [UnitProperty(property, .uint64(4096))])
        #expect(try properties(file, "max") == [UnitProperty(property, .uint64(.max))])
        #expect(throws: SystemdError.self) { try properties(file, "1 2") }
    }

    @Test func `files that systemd does not know are not told`() throws {
        for file in ["io.max", "io.bfq.weight", "hugetlb.2MB.max", "rdma.max", "cpu.max.burst", "cgroup.max.depth"] {
            #expect(try properties(file, "whatever") == [])
        }
    }

    @Test func `the weight of all devices is told, that of one is not`() throws {
        #expect(try properties("io.weight", "50") == [UnitProperty("IOWeight", .uint64(50))])
        #expect(try properties("io.weight", "default 50") == [UnitProperty("IOWeight", .uint64(50))])
        #expect(try properties("io.weight", "8:0 50") == [])
    }

    /// runc: a quota of 10.5 ms in 100 ms is 11 percent.
    @Test(arguments: [
        ("50000 100000", 500_000, 100_000), ("10500 100000", 110_000, 100_000), ("200000 100000", 2_000_000, 100_000),
        ("1000 3000", 340_000, 3000), ("50000", 500_000, 100_000),
    ])
    func `a quota is told in whole percents, rounded up`(value: String, perSecond: UInt64, period: UInt64) throws {
        #expect(
            try properties("cpu.max", value) == [
                UnitProperty("CPUQuotaPerSecUSec", .uint64(perSecond)), UnitProperty("CPUQuotaPeriodUSec", .uint64(period)),
            ])
    }

    @Test func `no quota is infinity`() throws {
        #expect(try properties("cpu.max", "max 50000").first == UnitProperty("CPUQuotaPerSecUSec", .uint64(.max)))
        for value in ["", "0 100000", "x", "1 2 3", "1 0"] {
            #expect(throws: SystemdError.self) { try properties("cpu.max", value) }
        }
    }

    @Test func `the period is told from version 242 on`() throws {
        #expect(try properties("cpu.max", "50000 100000", version: 241).map(\.name) == ["CPUQuotaPerSecUSec"])
        #expect(try properties("cpu.max", "50000 100000", version: 242).count == 2)
    }

    @Test(arguments: [
        (10_500, 100_000, 11_000), (50_000, 100_000, 50_000), (1000, 3000, 1020), (-1, 100_000, -1), (0, 0, 0), (10_500, 0, 11_000),
        (.max, 1, .max), (1 << 39, 1 << 39, 1 << 39),
    ])
    func `the quota that is written is the one that was told`(quota: Int64, period: UInt64, aligned: Int64) {
        #expect(alignedQuota(quota, period: period) == aligned)
    }

    /// systemd.resource-control(5) and the D-Bus interface: the first CPU in the lowest bit of the first byte.
    @Test(arguments: [("0", [1]), ("0-3,8", [15, 1]), ("7,5", [160]), ("16", [0, 0, 1]), ("", []), ("0-1, 3", [11])] as [(String, [UInt8])])
    func `CPUs are told as bits`(list: String, bits: [UInt8]) throws {
        #expect(try properties("cpuset.cpus", list) == [UnitProperty("AllowedCPUs", .bytes(bits))])
        #expect(try properties("cpuset.mems", list) == [UnitProperty("AllowedMemoryNodes", .bytes(bits))])
        #expect(try properties("cpuset.cpus", list, version: 243) == [])
    }

    @Test(arguments: ["a", "1-", "-1", "3-1", "1-2-3", "0-99999999", "0-7:2/4"])
    func `another list is refused`(list: String) {
        #expect(throws: SystemdError.self) { try properties("cpuset.cpus", list) }
    }

    @Test func `idle takes the place of a weight`() throws {
        let settings = [FileSetting("cpu.idle", "1", "/i"), FileSetting("cpu.weight", "50", "/w")]
        #expect(try limitProperties(settings, version: 252, .creation) == [UnitProperty("CPUWeight", .uint64(0))])
        #expect(try limitProperties(settings, version: 251, .creation) == [])
        #expect(try properties("cpu.idle", "0") == [])
        #expect(try properties("cpu.weight", "50") == [UnitProperty("CPUWeight", .uint64(50))])
        #expect(throws: SystemdError.self) { try properties("cpu.weight", "0") }
    }

    @Test func `the OOM policy is told at creation, from version 253 on`() throws {
        #expect(try properties("memory.oom.group", "1", version: 253) == [UnitProperty("OOMPolicy", .string("kill"))])
        #expect(try properties("memory.oom.group", "0", version: 253) == [UnitProperty("OOMPolicy", .string("continue"))])
        #expect(try properties("memory.oom.group", "1", version: 252) == [])
        #expect(try properties("memory.oom.group", "1", version: 253, .update) == [])
    }

    @Test func `of two values the last one is told, once`() throws {
        let settings = [FileSetting("memory.max", "1", "/a"), FileSetting("pids.max", "5", "/p"), FileSetting("memory.max", "2", "/b")]
        #expect(
            try limitProperties(settings, version: 255, .creation) == [
                UnitProperty("TasksMax", .uint64(5)), UnitProperty("MemoryMax", .uint64(2)),
            ])
    }

    @Test func `a fault names the member of config json`() {
        #expect(
            throws: SystemdError.config(
                path: "/linux/resources/unified/memory.max", problem: "must be a number or \"max\" for systemd to know of it, found \"lots\"")
        ) { try limitProperties([FileSetting("memory.max", "lots", "/linux/resources/unified/memory.max")], version: 255, .creation) }
    }
}

@Suite struct CreationPropertyTests {
    @Test func `a scope has its process and is ours`() throws {
        let unit = try UnitName(cgroupsPath: "a.slice:p:x", id: "x", of: .system)
        let properties = creationProperties(of: unit, id: "x", process: 42, version: 252)
        #expect(properties.contains(UnitProperty("Slice", .string("a.slice"))))
        #expect(properties.contains(UnitProperty("Delegate", .boolean(true))))
        #expect(properties.contains(UnitProperty("PIDs", .array(of: "u", [.uint32(42)]))))
        #expect(properties.contains(UnitProperty("DefaultDependencies", .boolean(false))))
        for name in ["CPUAccounting", "IOAccounting", "MemoryAccounting", "TasksAccounting"] {
            #expect(properties.contains(UnitProperty(name, .boolean(true))))
        }
    }

    @Test func `a slice wants the one above and has no process`() throws {
        let unit = try UnitName(cgroupsPath: "a.slice:p:a-b.slice", id: "x", of: .system)
        let properties = creationProperties(of: unit, id: "x", process: nil, version: 252)
        #expect(properties.contains(UnitProperty("Wants", .strings(["a.slice"]))))
        #expect(!properties.contains { ["PIDs", "Delegate", "Slice"].contains($0.name) })
    }
}

@Suite struct AnnotatedPropertyTests {
    private func property(_ name: String, _ text: String) throws(SystemdError) -> UnitProperty? {
        try annotatedProperties([Annotation("org.systemd.property." + name, text), Annotation("other", "'x'")]).first
    }

    /// The forms of GVariant's text format.
    @Test(
        arguments: [
            ("true", .boolean(true)), ("false", .boolean(false)), ("5", .int32(5)), ("-5", .int32(-5)), ("0x10", .int32(16)), ("010", .int32(8)),
            ("uint64 5", .uint64(5)), ("@t 5", .uint64(5)), ("uint32 5", .uint32(5)), ("int64 -5", .int64(-5)), ("byte 0xff", .byte(255)),
            ("1.5", .double(1.5)), ("double 2", .double(2)), ("'inactive-or-failed'", .string("inactive-or-failed")), (#""a'b""#, .string("a'b")),
            (#"'a\'b\n\u00e4'"#, .string("a'b\nä")), ("['a', 'b']", .strings(["a", "b"])), ("@as []", .strings([])),
            (" [ uint32 1,2 ] ", .array(of: "u", [.uint32(1), .uint32(2)])), ("objectpath '/a'", .objectPath("/a")),
        ] as [(String, BusValue)])
    func `a value is read`(text: String, value: BusValue) throws {
        #expect(try property("X", text) == UnitProperty("X", value))
    }

    @Test(arguments: [
        "", "inactive", "'open", "[]", "['a' 'b']", "['a'", "['a', 5]", "5 5", "99999999999", "uint32 -1", "byte 256", "@t 'x'", "@as 5", "0x",
        #"'\u12'"#, "uint64 uint32 5", "[[[[[[[[[1]]]]]]]]]", "0xx1", "1-1",
    ])
    func `what is no value is refused by its annotation`(text: String) {
        let error = #expect(throws: SystemdError.self) { try property("CollectMode", text) }
        #expect(error?.description.hasPrefix("config.json: /annotations/org.systemd.property.CollectMode: ") == true)
    }

    @Test func `seconds become microseconds`() throws {
        #expect(try property("TimeoutStopSec", "uint64 7") == UnitProperty("TimeoutStopUSec", .uint64(7_000_000)))
        #expect(try property("TimeoutStopSec", "7") == UnitProperty("TimeoutStopUSec", .uint64(7_000_000)))
        #expect(try property("TimeoutStopSec", "0.5") == UnitProperty("TimeoutStopUSec", .uint64(500_000)))
        #expect(try property("TimeoutStopUSec", "uint64 7") == UnitProperty("TimeoutStopUSec", .uint64(7)))
        for text in ["-1", "'7'", "uint64 0xffffffffffffffff"] {
            #expect(throws: SystemdError.self) { try property("TimeoutStopSec", text) }
        }
    }

    @Test(arguments: ["", "A.b", "A1", "Ä"])
    func `what is no name of a property is refused`(name: String) {
        #expect(throws: SystemdError.self) { try property(name, "true") }
    }
}
