import Cgroups
import Spec
import Testing

/// What is written, in order, as `file=value`; a `?` before it marks what may be missing.
private func writes(_ change: (inout Resources) -> Void) throws -> [String] {
    try limits(change).writes.map { ($0.tolerance.contains(.missing) ? "?" : "") + "\($0.file)=\($0.value)" }
}

private func limits(_ change: (inout Resources) -> Void) throws -> Limits {
    var resources = Resources()
    change(&resources)
    return try Limits(resources)
}

private func refusal(_ change: (inout Resources) -> Void) -> String? {
    #expect(throws: CgroupsError.self) { try limits(change) }?.description
}

/// Conversions are those of cgroup v2 in runc.
@Suite struct LimitsTests {
    @Test func `nothing set writes nothing`() throws {
        let limits = try limits { _ in }
        #expect(limits.writes.isEmpty && limits.checks.isEmpty && limits.warnings.isEmpty && limits.controllers.isEmpty)
    }

    @Test(
        arguments: [
            (nil, nil, []), (0, 0, []), (1000, nil, ["memory.max=1000"]), (-1, nil, ["?memory.swap.max=max", "?memory.max=max"]),
            (1000, 1500, ["memory.swap.max=500", "memory.max=1000"]), (1000, 1000, ["?memory.swap.max=0", "memory.max=1000"]),
            (1000, -1, ["?memory.swap.max=max", "memory.max=1000"]), (1000, 0, ["memory.max=1000"]),
            (-1, 700, ["memory.swap.max=700", "?memory.max=max"]), (-1, -1, ["?memory.swap.max=max", "?memory.max=max"]),
            (nil, -1, ["?memory.swap.max=max"]),
        ] as [(Int64?, Int64?, [String])])
    func `memory and swap`(memory: Int64?, swap: Int64?, expected: [String]) throws {
        #expect(
            try writes {
                $0.memory.limit = memory; $0.memory.swap = swap
            } == expected)
    }

    @Test(
        arguments: [
            (nil, 1000, "swap: unable to set swap limit without memory limit"),
            (1000, 999, "swap: memory+swap limit should be >= memory limit (1000), found 999"),
            (-2, nil, "limit: must be -1 (unlimited) or at least 0, found -2"),
            (1000, -2, "swap: must be -1 (unlimited) or at least 0, found -2"),
        ] as [(Int64?, Int64?, String)])
    func `impossible memory and swap are refused by their field`(memory: Int64?, swap: Int64?, problem: String) {
        let error = refusal {
            $0.memory.limit = memory; $0.memory.swap = swap
        }
        #expect(error == "config.json: /linux/resources/memory/\(problem)")
    }

    @Test func `the reservation is protected, and nothing by default`() throws {
        #expect(try writes { $0.memory.reservation = 4096 } == ["memory.low=4096"])
        #expect(try writes { $0.memory.reservation = -1 } == ["memory.low=max"])
        #expect(try writes { $0.memory.reservation = 0 } == [])
    }

    @Test func `limits to be checked are held against what is used`() throws {
        let limits = try limits {
            $0.memory.limit = 1000; $0.memory.swap = 1500; $0.memory.checkBeforeUpdate = true
        }
        #expect(
            limits.checks.map { "\($0.file) \($0.limit) \($0.field)" } == [
                "memory.swap.current 500 /linux/resources/memory/swap", "memory.current 1000 /linux/resources/memory/limit",
            ])
        let unlimited = try Limits(Resources())
        #expect(unlimited.checks.isEmpty)
    }

    /// From runc's own formula, with its fixed points 2, 1024 and 262144.
    @Test(
        arguments: [
            (1, 1), (2, 1), (3, 2), (4, 2), (10, 4), (100, 17), (256, 35), (512, 59), (1024, 100), (1025, 101), (2048, 174), (4096, 303),
            (10000, 627), (65536, 3023), (100_000, 4340), (262_143, 10000), (262_144, 10000), (.max, 10000),
        ] as [(UInt64, Int)])
    func `shares become a weight`(shares: UInt64, weight: Int) throws {
        #expect(try writes { $0.cpu.shares = shares } == ["\(weight == 100 ? "?" : "")cpu.weight=\(weight)"])
    }

    @Test func `no share is no weight`() throws { #expect(try writes { $0.cpu.shares = 0 } == []) }

    @Test(
        arguments: [
            (nil, nil, []), (0, 0, []), (0, nil, []), (50000, nil, ["cpu.max=50000 100000"]), (50000, 20000, ["cpu.max=50000 20000"]),
            (-1, nil, ["?cpu.max=max 100000"]), (-1, 50000, ["?cpu.max=max 50000"]), (nil, 50000, ["?cpu.max=max 50000"]),
            (0, 100_000, ["?cpu.max=max 100000"]),
        ] as [(Int64?, UInt64?, [String])])
    func `quota and period`(quota: Int64?, period: UInt64?, expected: [String]) throws {
        #expect(
            try writes {
                $0.cpu.quota = quota; $0.cpu.period = period
            } == expected)
    }

    @Test func `a burst is tried before the quota and written after it`() throws {
        let limits = try limits {
            $0.cpu.quota = 50000; $0.cpu.burst = 10000
        }
        #expect(limits.writes.map(\.file) == ["cpu.max.burst", "cpu.max", "cpu.max.burst"])
        #expect(limits.writes.map(\.tolerance) == [.invalid, [], []])
        #expect(try writes { $0.cpu.burst = 10000 } == ["cpu.max.burst=10000"])
        #expect(try writes { $0.cpu.burst = 0 } == ["?cpu.max.burst=0"])
    }

    @Test func `an idle cgroup has no weight, and says so`() throws {
        #expect(
            try writes {
                $0.cpu.idle = 0; $0.cpu.shares = 512
            } == ["?cpu.idle=0", "cpu.weight=59"])
        let idle = try limits {
            $0.cpu.idle = 1; $0.cpu.shares = 512
        }
        #expect(idle.writes.map(\.file) == ["cpu.idle"])
        #expect(idle.warnings == ["config.json: /linux/resources/cpu/shares: ignored: an idle cgroup has no weight"])
        #expect(refusal { $0.cpu.idle = 2 } == "config.json: /linux/resources/cpu/idle: must be 0 or 1, found 2")
    }

    @Test func `processors and memory nodes are passed on as written`() throws {
        #expect(
            try writes {
                $0.cpu.cpus = "0-3,7"; $0.cpu.mems = "0"
            } == ["cpuset.cpus=0-3,7", "cpuset.mems=0"])
    }

    @Test(arguments: [(10, 1), (100, 910), (500, 4950), (1000, 10000)] as [(UInt16, Int)])
    func `the io weight goes to BFQ as it is, else converted`(weight: UInt16, converted: Int) throws {
        let limits = try limits { $0.blockIO.weight = weight }
        #expect(limits.writes.map { "\($0.file)=\($0.value)" } == ["io.bfq.weight=\(weight)", "io.weight=\(converted)"])
        #expect(limits.writes.map(\.substituteFor) == [nil, "io.bfq.weight"])
        #expect(limits.controllers == ["io"])
    }

    @Test func `an io weight out of range is refused, none is none`() throws {
        #expect(try writes { $0.blockIO.weight = 0 } == [])
        #expect(refusal { $0.blockIO.weight = 9 } == "config.json: /linux/resources/blockIO/weight: must be 10 to 1000, found 9")
        #expect(refusal { $0.blockIO.weight = 1001 }?.hasSuffix("found 1001") == true)
    }

    @Test func `devices have weights of their own with BFQ`() throws {
        let limits = try limits {
            $0.blockIO.weightDevices = [
                .init(major: 8, minor: 0, weight: 300, leafWeight: 10), .init(major: 8, minor: 1, weight: nil, leafWeight: 5),
            ]
        }
        #expect(limits.writes.map { "\($0.file)=\($0.value)" } == ["io.bfq.weight=8:0 300"])
        #expect(limits.writes.first?.tolerance == .missingWithWarning)
        #expect(limits.warnings.count == 2)
        #expect(limits.controllers.isEmpty)
        let empty = refusal { $0.blockIO.weightDevices = [.init(major: 8, minor: 0, weight: nil, leafWeight: nil)] }
        #expect(empty == "config.json: /linux/resources/blockIO/weightDevice/0: must have weight or leafWeight")
    }

    @Test func `throttles are lines of io.max, one write each`() throws {
        let device = BlockIO.ThrottleDevice(major: 8, minor: 16, rate: 1000)
        let written = try writes {
            $0.blockIO.throttleReadBps = [device, .init(major: 8, minor: 0, rate: 0)]
            $0.blockIO.throttleWriteBps = [device]
            $0.blockIO.throttleReadIOPS = [device]
            $0.blockIO.throttleWriteIOPS = [device]
        }
        #expect(
            written == [
                "io.max=8:16 rbps=1000", "?io.max=8:0 rbps=max", "io.max=8:16 wbps=1000", "io.max=8:16 riops=1000",
                "io.max=8:16 wiops=1000",
            ])
        let error = refusal { $0.blockIO.throttleReadBps = [.init(major: -8, minor: 0, rate: 1)] }
        #expect(error == "config.json: /linux/resources/blockIO/throttleReadBpsDevice/0/major: must not be negative, found -8")
    }

    @Test(
        arguments: [(5, "pids.max=5"), (0, "pids.max=1"), (1, "pids.max=1"), (-1, "?pids.max=max"), (-7, "?pids.max=max")]
            as [(Int64, String)])
    func `processes`(limit: Int64, expected: String) throws { #expect(try writes { $0.pidsLimit = limit } == [expected]) }

    @Test func `huge pages are limited when used and when reserved`() throws {
        let written = try writes { $0.hugepageLimits = [.init(pageSize: "2MB", limit: 4096), .init(pageSize: "1GB", limit: 0)] }
        #expect(written == ["hugetlb.2MB.max=4096", "?hugetlb.2MB.rsvd.max=4096", "hugetlb.1GB.max=0", "?hugetlb.1GB.rsvd.max=0"])
    }

    @Test(arguments: ["", "MB", "2", "2mb", "2MB/..", "-2MB", "2TB", "2 MB"])
    func `a page size that is none is refused`(size: String) {
        let error = refusal { $0.hugepageLimits = [.init(pageSize: size, limit: 1)] }
        #expect(error == "config.json: /linux/resources/hugepageLimits/0/pageSize: must be a number and KB, MB or GB, found \"\(size)\"")
    }

    @Test func `rdma devices`() throws {
        let written = try writes {
            $0.rdma = [.init(device: "mlx5_1", hcaHandles: 3, hcaObjects: 10000), .init(device: "mlx4_0", hcaHandles: nil, hcaObjects: 0)]
        }
        #expect(written == ["rdma.max=mlx5_1 hca_handle=3 hca_object=10000", "rdma.max=mlx4_0 hca_object=0"])
        let empty = refusal { $0.rdma = [.init(device: "mlx5_1", hcaHandles: nil, hcaObjects: nil)] }
        #expect(empty == "config.json: /linux/resources/rdma/mlx5_1: must have hcaHandles or hcaObjects")
        #expect(refusal { $0.rdma = [.init(device: "a b", hcaHandles: 1, hcaObjects: 1)] } != nil)
    }

    @Test func `unified files are written line by line`() throws {
        let limits = try limits {
            $0.unified = [
                Annotation("io.max", "8:0 rbps=1\n8:16 rbps=2\n"), Annotation("memory.high", "max"), Annotation("cgroup.max.depth", "3"),
            ]
        }
        #expect(
            limits.writes.map { "\($0.file)=\($0.value)" } == [
                "io.max=8:0 rbps=1", "io.max=8:16 rbps=2", "memory.high=max", "cgroup.max.depth=3",
            ])
        #expect(limits.controllers == ["io", "memory"])
        #expect(limits.writes[0].field == "/linux/resources/unified/io.max")
    }

    @Test(arguments: ["", "../memory.max", "a/b.c", "memory", ".hidden", "memory.max\0"])
    func `a unified name that leaves the cgroup is refused`(key: String) {
        #expect(refusal { $0.unified = [Annotation(key, "1")] }?.contains("must be the name of a cgroup v2 file") == true)
    }

    @Test func `what only cgroup v1 had is ignored with a warning`() throws {
        let limits = try limits {
            $0.memory.kernel = 1
            $0.memory.kernelTCP = 1
            $0.memory.swappiness = 0
            $0.memory.disableOOMKiller = true
            $0.memory.useHierarchy = false
            $0.cpu.realtimeRuntime = 1
            $0.cpu.realtimePeriod = 1
            $0.blockIO.leafWeight = 10
            $0.network.classID = 0
            $0.network.hasPriorities = true
        }
        #expect(limits.writes.isEmpty)
        #expect(
            limits.warnings.map { $0.split(separator: ":")[1].dropFirst(18) } == [
                "memory/kernel", "memory/kernelTCP", "memory/swappiness", "memory/disableOOMKiller", "memory/useHierarchy",
                "blockIO/leafWeight", "cpu/realtimeRuntime", "cpu/realtimePeriod", "network/classID", "network/priorities",
            ])
    }

    @Test func `what an engine writes for no limit asks for no controller`() throws {
        // docker's and containerd's defaults.
        let limits = try limits {
            $0.cpu.shares = 1024
            $0.cpu.period = 100_000
            $0.cpu.quota = 0
            $0.memory.limit = -1
            $0.memory.swap = -1
            $0.memory.disableOOMKiller = false
            $0.memory.useHierarchy = true
            $0.pidsLimit = -1
            $0.blockIO.weight = 0
        }
        #expect(limits.controllers.isEmpty)
        #expect(limits.warnings.isEmpty)
        #expect(limits.writes.allSatisfy { $0.tolerance.contains(.missing) })
    }

    @Test func `the order is runc's`() throws {
        let written = try writes {
            $0.unified = [Annotation("pids.max", "7")]
            $0.rdma = [.init(device: "d", hcaHandles: 1, hcaObjects: nil)]
            $0.hugepageLimits = [.init(pageSize: "2MB", limit: 0)]
            $0.cpu.cpus = "0"
            $0.cpu.quota = 1000
            $0.blockIO.throttleReadBps = [.init(major: 8, minor: 0, rate: 1)]
            $0.memory.limit = 1
            $0.pidsLimit = 3
        }
        #expect(
            written.map { $0.split(separator: ".")[0] } == ["pids", "memory", "io", "cpu", "cpuset", "hugetlb", "?hugetlb", "rdma", "pids"])
    }
}
