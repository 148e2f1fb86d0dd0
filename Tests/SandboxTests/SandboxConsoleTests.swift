import Glibc
import JSON
import TestKit
import Testing

/// What a guest prints, and what is left of it.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxConsoleTests {
    /// Of each of the two files.
    private let limit = 64 << 10

    private func console(_ container: Container) throws -> Outcome { try swiftrun("guest", "console", container.id) }

    /// A key of sysrq.
    private func press(_ letter: String, _ container: Container) throws {
        #expect(try container.exec(probe: "write", "/proc/sysrq-trigger", letter).status == 0)
    }

    @Test func `the console of a running machine can be read, and keeps no more than it may`() throws {
        let bundle = try sandboxed("wait")
        bundle.remove("/linux/readonlyPaths")
        let container = try Container(bundle).running(.boot)
        // All that the kernel says goes to the console.
        try press("8", container)
        try press("h", container)
        let deadline = Deadline.boot
        while try !(console(container).output.contains("sysrq: HELP")) {
            guard !deadline.hasPassed else { throw Failure("waited for the console") }
        }
        let old = "\(bundle.scratch.root)/\(container.id)/console.old"
        // A list of all tasks, each time, until the oldest is gone.
        while try !Files.exists(old) || console(container).output.contains("sysrq: HELP") {
            guard !deadline.hasPassed else { throw Failure("waited for the console to be full") }
            try press("t", container)
        }
        for name in ["console", "console.old"] {
            #expect(Files.facts("\(bundle.scratch.root)/\(container.id)/\(name)").map { Int($0.size) <= limit } == true)
        }
        #expect(try console(container).outputBytes.count > limit)
        #expect(try container.exec(probe: "exit", "3").status == 3)
    }
}
