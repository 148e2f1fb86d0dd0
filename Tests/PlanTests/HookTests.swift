import Plan
import Spec
import Steps
import Testing

@Suite struct HookTests {
    private func steps(_ trial: Trial) throws -> [HookStep] {
        try trial.plan().steps.compactMap { if case .runHook(let step) = $0 { step } else { nil } }
    }

    @Test func `the parent is waited for when there is something for it to run`() throws {
        #expect(try !Trial().lines().contains { $0.contains("hook") })
        for key in [\Hooks.prestart, \Hooks.createRuntime] {
            let lines = try Trial { $0.config.hooks[keyPath: key] = [hook("/h")] }.lines()
            #expect(lines.filter { $0.contains("hook") } == ["await prestart and createRuntime hooks"])
        }
        #expect(try !Trial { $0.config.hooks.poststart = [hook("/h")] }.lines().contains { $0.contains("hook") })
    }

    @Test func `hooks in the container run in the order of the config`() throws {
        let trial = Trial {
            $0.config.hooks.createContainer = [hook("/b"), hook("/a"), hook("/b")]
            $0.config.hooks.startContainer = [hook("/d"), hook("/c")]
        }
        #expect(
            try steps(trial).map { "\($0.kind) \($0.path)" } == [
                "createContainer /b", "createContainer /a", "createContainer /b", "startContainer /d", "startContainer /c",
            ])
    }

    @Test func `a hook has its arguments, environment and time`() throws {
        let trial = Trial {
            var full = hook("/h")
            full.arguments = ["h", "-x"]
            full.environment = ["A=1"]
            full.timeout = 30
            $0.config.hooks.createContainer = [full, hook("/plain")]
            $0.request.createStatePIDOffset = 77
            $0.request.startStatePIDOffset = 78
            $0.config.hooks.startContainer = [hook("/late")]
        }
        let steps = try steps(trial)
        #expect(steps[0].arguments.strings == ["h", "-x"])
        #expect(steps[0].environment.strings == ["A=1"])
        #expect(steps[0].timeout == 30_000_000_000)
        #expect(steps.map(\.pidOffset) == [77, 77, 78])
        #expect(steps[1].timeout == 0, "no limit")
    }

    // runc: createContainer hooks start with nothing, startContainer hooks with what the process has.
    @Test func `without an environment of its own a hook has that of its place`() throws {
        let trial = Trial {
            $0.config.hooks.createContainer = [hook("/c")]
            $0.config.hooks.startContainer = [hook("/s")]
            $0.process.environment = ["A=1", "B=2"]
        }
        #expect(try steps(trial).map(\.environment.strings) == [[], ["A=1", "B=2"]])
        var empty = trial
        empty.config.hooks.startContainer[0].environment = []
        #expect(try steps(empty).last?.environment.strings == [])
    }

    @Test func `the state each kind reads is told to the parent`() throws {
        let plan = try Trial {
            $0.config.hooks.createContainer = [hook("/c")]
            $0.config.hooks.startContainer = [hook("/s")]
        }.plan()
        let states = plan.steps.compactMap { if case .runHook(let step) = $0 { step.state } else { nil } }
        #expect(states == [plan.createContainerState, plan.startContainerState])
        #expect(Set(states.map(\.index)).count == 2)
        let none = try Trial().plan()
        #expect(none.createContainerState == nil && none.startContainerState == nil)
    }

    @Test func `the state for the last hooks outlives the closing of descriptors`() throws {
        let plan = try Trial { $0.config.hooks.startContainer = [hook("/s")] }.plan()
        let kept = plan.steps.compactMap { if case .keepDescriptors(_, let state) = $0 { state } else { nil } }
        #expect(kept == [plan.startContainerState])
    }

    @Test func `what a hook makes is not for everyone to write`() throws {
        let lines = try Trial { $0.config.hooks.createContainer = [hook("/a"), hook("/b")] }.lines()
        let first = try #require(lines.firstIndex(of: "run createContainer hook /a"))
        #expect(lines[first - 1] == "set umask 022")
        #expect(lines[first + 2] == "set umask 00", "modes of what follows are meant exactly again")
    }
}
