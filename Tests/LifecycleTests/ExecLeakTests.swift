import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .serialized, .timeLimit(.minutes(5)))
struct ExecLeakTests {
    @Test func `a thousand execs into one container leave nothing`() async throws {
        let container = try Container(try waiting()).running()
        let pid = try container.pid
        let scratch = container.bundle.scratch
        func traces() -> [[String]] {
            [
                Files.entries("/proc/\(pid)/fd"), Files.entries("/proc/\(pid)/task"),
                processes(inCgroup: container.bundle.cgroup).map(String.init),
                Files.entries(container.cgroupDirectory), Files.entries(scratch.root), Files.entries("\(scratch.root)/\(container.id)"),
                Files.entries(scratch.directory), Files.entries("\(scratch.directory)/tmp"),
            ]
        }
        let before = traces()
        let mounts = Files.text("/proc/\(pid)/mountinfo")
        let words = container.execWords(probe: "exit", "11")
        let (environment, rounds) = (scratch.environment, UnderTest.rounds(500, inMachines: 50, ofOthers: 10))
        let statuses = try await withThrowingTaskGroup(of: Set<Int32>.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var statuses: Set<Int32> = []
                    for _ in 0..<rounds { statuses.insert(try execute(words, environment: environment).status) }
                    return statuses
                }
            }
            return try await group.reduce(into: Set<Int32>()) { $0.formUnion($1) }
        }
        #expect(statuses == [11])
        // The supervisor of a machine hears of a call's end after its caller.
        let deadline = Deadline.usual
        while UnderTest.backend == .vm && traces() != before && !deadline.hasPassed {}
        #expect(traces() == before)
        #expect(Files.text("/proc/\(pid)/mountinfo") == mounts)
        #expect(try container.status() == "running")
    }

    @Test func `fifty containers at once, each created, executed in, killed and deleted, leave nothing`() async throws {
        let scratch = try Scratch.required()
        let before = Machine.snapshot()
        let count = UnderTest.rounds(50, inMachines: 5, ofOthers: 5)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let bundle = try waiting()
                    let container = try Container(bundle).running()
                    #expect(try container.exec(probe: "exit", "12").status == 12)
                    let exec = try ExecShim(container, probe: "ignore-term")
                    #expect(exec.runtime == .exited(0))
                    #expect(try container.kill("KILL").status == 0)
                    #expect(try container.end() == .killed(signal: 9))
                    #expect(try exec.end() == .killed(signal: 9))
                    #expect(try container.delete().status == 0)
                }
            }
            try await group.waitForAll()
        }
        #expect(scratch.leftovers() == [])
        #expect(Machine.snapshot().differences(from: before) == [])
    }
}
