import JSON
import TestKit
import Testing

/// Many machines, of which nothing is left.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(10)))
struct SandboxLeakTests {
    @Test func `twenty lives, five at a time, leave nothing`() async throws {
        for _ in 0..<4 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { try live() } }
                try await group.waitForAll()
            }
        }
    }
}

private func live() throws {
    let container = try Container(try sandboxed("wait")).running(.boot)
    #expect(try container.exec(probe: "exit", "5").status == 5)
    #expect(try container.kill("KILL").status == 0)
    #expect(try container.end() == .killed(signal: 9))
    #expect(try container.delete().status == 0)
    #expect(processes(inCgroup: container.bundle.cgroup).isEmpty)
}
