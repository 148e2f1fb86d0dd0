public import Testing

/// Gives every test of a suite a `Scratch`, and after it demands that the machine is as it was.
public struct MachineUnchanged: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true

    public func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
        guard !test.isSuite else { return try await body() }
        if let reason = SandboxException.reason(test.id.nameComponents) {
            try Test.cancel("in a virtual machine: \(reason)")
        }
        let scratch = try Scratch()
        let before = Machine.snapshot()
        var failure: (any Error)?
        do {
            try await Scratch.$current.withValue(scratch) { try await body() }
        } catch {
            failure = error
        }
        do {
            try scratch.deleteContainers()
        } catch {
            Issue.record("\(error)")
        }
        for difference in scratch.leftovers() + Machine.snapshot().differences(from: before) { Issue.record("left behind: \(difference)") }
        scratch.clear()
        try scratch.remove()
        if let failure { throw failure }
    }
}

extension Trait where Self == MachineUnchanged {
    /// A scratch for each test, and nothing left after it: no process, mount, cgroup, state or temporary file.
    public static var machineUnchanged: Self { MachineUnchanged() }
}
