import JSON
import Spec
import Testing

/// What is written of a configuration reads as the same.
@Suite struct WriteTests {
    private func document() throws -> Value { try parse(Fixture.bytes("config/good/full.json")) }

    @Test func `a process`() throws {
        let process = try Process(json: #require(document()["process"]), at: "process.json")
        #expect(try Process(json: process.json, at: "process.json") == process)
        // What was not said is not said.
        let least = try Process(json: ["args": ["sh"], "cwd": "/"], at: "process.json")
        #expect(try Process(json: least.json, at: "process.json") == least)
    }

    @Test func `resources, but for those of one machine`() throws {
        var resources = try Resources(json: #require(document()["linux"]?["resources"]), at: "resources.json")
        let read = try Resources(json: resources.portableJSON, at: "resources.json")
        #expect(read != resources)
        resources.devices = []
        resources.blockIO = BlockIO()
        resources.network = Network()
        resources.rdma = []
        #expect(read == resources)
    }

    @Test func `a scheduler with a deadline, and a class of input and output`() throws {
        let process = try Process(
            json: [
                "args": ["sh"], "cwd": "/", "ioPriority": ["class": "IOPRIO_CLASS_IDLE", "priority": 3],
                "scheduler": [
                    "policy": "SCHED_DEADLINE", "flags": ["SCHED_FLAG_RESET_ON_FORK"], "runtime": 2048, "deadline": 4096, "period": 8192,
                ],
            ], at: "process.json")
        #expect(try Process(json: process.json, at: "process.json") == process)
    }
}
