import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: UnderTest.isSwiftrun, "plan is ours alone"), .timeLimit(.minutes(1)))
struct PlanVerbTests {
    @Test func `plan prints the steps and touches nothing`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let outcome = try swiftrun("plan", "--bundle", bundle.path)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errorBytes.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count > 20)
        #expect(lines.contains { $0.contains("pivot") })
        #expect(lines.contains { $0.contains("/proc/kcore") })
        #expect(Files.entries(bundle.scratch.root) == [])
    }

    @Test func `as json it is one document`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let outcome = try swiftrun("plan", "--format", "json", "--bundle", bundle.path)
        #expect(outcome.status == 0, "\(outcome)")
        _ = try outcome.json()
    }

    @Test func `a faulty bundle is told as create tells it`() throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", "tmp")
        try bundle.save()
        let outcome = try swiftrun("plan", "--bundle", bundle.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json: /process/cwd: must be an absolute path, found \"tmp\""))
    }
}
