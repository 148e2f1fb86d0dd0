import JSON
import Spec
import Testing

@Suite struct StateTests {
    let state: State

    init() {
        var state = State()
        state.id = "box"
        state.status = .created
        state.pid = 4711
        state.bundle = "/bundles/box"
        state.annotations = [Annotation("my/key", "a \"b\"\n")]
        self.state = state
    }

    @Test func `hooks read the state in one line`() throws {
        #expect(try state.json.text(.compact) == Fixture.line("state/hook.json"))
    }

    @Test func `the state verb prints what runc prints`() throws {
        let report = state.report(rootfs: "/bundles/box/rootfs", created: "2026-01-02T03:04:05.678901234Z", owner: "")
        #expect(try report.text(.indented("  ")) == Fixture.line("state/verb.json"))
    }

    @Test func `a stopped container has pid 0, and no annotations are left out`() throws {
        var stopped = state
        (stopped.status, stopped.pid, stopped.annotations) = (.stopped, 0, [])
        #expect(try stopped.json.text(.compact) == Fixture.line("state/stopped.json"))
    }
}
