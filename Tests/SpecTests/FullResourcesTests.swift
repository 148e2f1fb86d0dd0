import JSON
import Spec
import Testing

/// What the resources of full.json say, field by field.
@Suite struct FullResourcesTests {
    let resources: Resources

    init() throws { resources = try Config(bytes: Fixture.bytes("config/good/full.json")).linux.resources }

    @Test func `device rules are read, and a negative number is every one`() {
        #expect(
            resources.devices == [
                DeviceRule(isAllowed: false, kind: .all, major: nil, minor: nil, access: [.read, .write, .mknod]),
                DeviceRule(isAllowed: true, kind: .character, major: 10, minor: 229, access: [.read, .write]),
                DeviceRule(isAllowed: true, kind: .block, major: 8, minor: nil, access: .mknod),
            ])
    }

    @Test func `memory and cpu are read`() {
        var memory = Memory()
        (memory.limit, memory.reservation, memory.swap, memory.kernel) = (536_870_912, 268_435_456, -1, -1)
        (memory.kernelTCP, memory.swappiness) = (0, 60)
        (memory.disableOOMKiller, memory.useHierarchy, memory.checkBeforeUpdate) = (false, true, true)
        #expect(resources.memory == memory)
        var cpu = CPU()
        (cpu.shares, cpu.quota, cpu.burst, cpu.period) = (1024, 50_000, 10_000, 100_000)
        (cpu.realtimeRuntime, cpu.realtimePeriod, cpu.cpus, cpu.mems, cpu.idle) = (950_000, 1_000_000, "2-3", "0", 0)
        #expect(resources.cpu == cpu)
    }

    @Test func `block io is read, and weight 0 is none`() {
        var io = BlockIO()
        (io.weight, io.leafWeight) = (10, 1000)
        io.weightDevices = [
            .init(major: 8, minor: 0, weight: 500, leafWeight: nil), .init(major: 8, minor: 16, weight: nil, leafWeight: 300),
        ]
        io.throttleReadBps = [.init(major: 8, minor: 0, rate: 600)]
        io.throttleWriteBps = [.init(major: 8, minor: 1, rate: .max)]
        io.throttleReadIOPS = [.init(major: 8, minor: 2, rate: 1)]
        io.throttleWriteIOPS = [.init(major: 8, minor: 3, rate: 2)]
        #expect(resources.blockIO == io)
    }

    @Test func `the other controllers are read`() {
        #expect(resources.pidsLimit == 0)
        #expect(resources.hugepageLimits == [HugepageLimit(pageSize: "2MB", limit: 209_715_200), HugepageLimit(pageSize: "64KB", limit: 1_000_000)])
        #expect(resources.network.classID == 1_048_577)
        #expect(resources.network.hasPriorities)
        #expect(
            resources.rdma == [
                RDMALimit(device: "mlx5_1", hcaHandles: 3, hcaObjects: 10000), RDMALimit(device: "rxe3", hcaHandles: nil, hcaObjects: 0),
            ])
        #expect(resources.unified == [Annotation("memory.high", "1073741824"), Annotation("io.max", "8:0 rbps=1\n8:1 rbps=2")])
    }

    @Test func `a resources file is named in its errors`() {
        let error = #expect(throws: SpecError.self) { try Resources(json: ["pids": ["limit": "max"]], at: "resources") }
        #expect(error?.description == #"resources: /pids/limit: must be an integer from -1 to 9223372036854775807, found "max""#)
    }
}
