import Plan
import Spec
import Steps
import Testing

@Suite struct SchedulingTests {
    // struct sched_attr, SCHED_ATTR_SIZE_VER0: sched_setattr(2).
    @Test func `the scheduler's attributes lie as the kernel reads them`() throws {
        var scheduler = Scheduler()
        scheduler.policy = .deadline
        scheduler.flags = 0x7
        scheduler.nice = -20
        scheduler.priority = 0x0102_0304
        scheduler.runtime = 0x1122_3344_5566_7788
        scheduler.deadline = 2
        scheduler.period = 3
        let step = try Trial { $0.process.scheduler = scheduler }.first {
            if case .setScheduler(let text) = $0 { bytes(text) } else { nil }
        }
        let expected: [UInt8] =
            [48, 0, 0, 0] + [6, 0, 0, 0] + [7, 0, 0, 0, 0, 0, 0, 0] + [0xec, 0xff, 0xff, 0xff] + [4, 3, 2, 1]
            + [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11] + [2, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0, 0, 0, 0, 0]
        #expect(step == expected)
    }

    @Test(
        arguments: [
            (IOPriority.Class.realtime, 0, 0x2000), (.realtime, 7, 0x2007), (.bestEffort, 4, 0x4004), (.idle, 0, 0x6000),
        ] as [(IOPriority.Class, UInt8, Int32)])
    func `the io priority is class and level`(kind: IOPriority.Class, level: UInt8, value: Int32) throws {
        let trial = Trial { $0.process.ioPriority = IOPriority(kind, priority: level) }
        #expect(try trial.first { if case .setIOPriority(let value) = $0 { value } else { nil } } == value)
    }

    @Test func `the personality is its domain; flags are told to be ignored`() throws {
        let plan = try Trial {
            var personality = Personality(.linux32)
            personality.flags = ["X"]
            $0.config.linux.personality = personality
        }.plan()
        #expect(plan.lines.contains("set personality 8"))
        #expect(plan.warnings == ["config.json: /linux/personality/flags: ignored, none are defined"])
        #expect(try Trial { $0.config.linux.personality = Personality(.linux) }.plan().warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("", []), ("0", [(0, 1)]), ("0-3,7", [(0, 0x8f)]), ("8,1023", [(1, 1), (127, 0x80)]), ("6-9", [(0, 0xc0), (1, 0x03)]),
        ] as [(String, [(Int, UInt8)])])
    func `nodes are a mask of 1024 bits`(list: String, set: [(Int, UInt8)]) throws {
        var expected = [UInt8](repeating: 0, count: 128)
        for (index, byte) in set { expected[index] = byte }
        let trial = Trial {
            var policy = MemoryPolicy()
            policy.mode = 2
            policy.flags = 1 << 15
            policy.nodes = list
            $0.config.linux.memoryPolicy = policy
        }
        let step = try trial.first { if case .setMemoryPolicy(let mode, let nodes) = $0 { (mode, bytes(nodes)) } else { nil } }
        #expect(step?.0 == 0x8002)
        #expect(step?.1 == expected)
    }

    @Test(arguments: ["1024", "3-1", "x", "1-", "-1", "1-2-3", "0-5000000000"]) func `what is no list of nodes is refused`(list: String) {
        #expect(throws: PlanError("/linux/memoryPolicy/nodes", "must be a list such as \"0-3,7\", found \"\(list)\"")) {
            try Trial {
                var policy = MemoryPolicy()
                policy.nodes = list
                $0.config.linux.memoryPolicy = policy
            }.plan()
        }
    }

    @Test func `all of it happens while there are rights, before the filter`() throws {
        let lines = try Trial {
            $0.process.scheduler = Scheduler()
            $0.process.ioPriority = IOPriority(.idle, priority: 0)
            $0.config.linux.personality = Personality(.linux)
            $0.config.linux.memoryPolicy = MemoryPolicy()
            $0.request.filter = FilterProgram(instructions: [0, 0, 0, 0, 0, 0, 0, 0], flags: 0, hasListener: false)
        }.lines()
        let start = try #require(lines.firstIndex(of: "set scheduler"))
        #expect(
            Array(lines[start..<start + 4]) == [
                "set scheduler", "set io priority class 3, level 0", "set personality 0", "set memory policy 0",
            ])
        #expect(start < (try #require(lines.firstIndex { $0.hasPrefix("load seccomp") })))
    }
}
