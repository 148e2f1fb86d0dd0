import Plan
import Spec
import Steps
import Testing

/// `exec`: a process that joins a container.
@Suite struct JoinTests {
    private func plan(_ trial: Trial, _ kinds: Set<Namespace.Kind>) throws -> LaunchPlan {
        let plan = try planJoin(trial.config, trial.process, trial.request, trial.facts, joining: kinds)
        // Steps point into the pool, and a test may keep them longer than the plan.
        _ = unsafe Unmanaged.passRetained(plan.pool)
        return plan
    }

    @Test func `it hides, joins, becomes the user and executes`() throws {
        let lines = try plan(Trial { $0.mapUsers() }, [.user, .mount, .pid]).lines
        #expect(
            lines == [
                "become undumpable", "join user, pid, mount namespaces of the container", "become root of the user namespace", "fork",
                "die with parent", "start a session", "open root of the container", "set umask 022", "enter working directory /",
                "close descriptors from 3 on", "reset signals", "outlive parent", "give standard streams to uid 0",
                "set 0 supplementary groups", "become uid 0, gid 0", "enter working directory / as the user", "find program /bin/true",
                "await record", "exec [\"/bin/true\"]",
            ])
    }

    @Test func `only children enter pid and time namespaces`() throws {
        for kind in [Namespace.Kind.pid, .time] { #expect(try plan(Trial(), [kind]).lines.contains("fork")) }
        #expect(try !plan(Trial(), [.network, .mount, .ipc]).lines.contains("fork"))
        #expect(try !plan(Trial(), []).lines.contains { $0.hasPrefix("join") })
    }

    @Test func `nothing of the container is set up again`() throws {
        let trial = Trial {
            $0.mount("/a", "tmpfs")
            $0.config.hooks.createContainer = [hook("/c")]
            $0.config.hooks.startContainer = [hook("/s")]
            $0.config.linux.maskedPaths = ["/proc/kcore"]
            $0.process.hasTerminal = true
        }
        let plan = try plan(trial, [.mount])
        #expect(!plan.lines.contains { $0.hasPrefix("mount") || $0.contains("hook") || $0.hasPrefix("mask") || $0.hasPrefix("wait") })
        #expect(plan.createContainerState == nil && plan.startContainerState == nil)
        let console = plan.steps.compactMap { if case .openTerminal(let step) = $0 { step.console } else { nil } }
        #expect(console == [TerminalStep.Console.none], "/dev/console is that of the init")
    }

    @Test func `the affinity is the final one, else the initial`() throws {
        func mask(_ initial: String, _ final: String) throws -> [UInt8]? {
            var trial = Trial()
            var affinity = ExecCPUAffinity()
            affinity.initial = initial
            affinity.final = final
            trial.process.execCPUAffinity = affinity
            let steps = try plan(trial, []).steps
            return steps.compactMap { if case .setAffinity(let cpus) = $0 { bytes(cpus) } else { nil } }.first
        }
        #expect(try mask("0-1", "9")?.prefix(2) == [0, 2])
        #expect(try mask("0-1", "")?.prefix(2) == [3, 0])
        #expect(try mask("", "") == nil)
        #expect(throws: PlanError("/process/execCPUAffinity/final", "must be a list such as \"0-3,7\", found \"9-\"")) {
            try mask("", "9-")
        }
    }
}
