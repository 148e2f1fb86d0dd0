import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct KillTests {
    @Test func `the signal defaults to TERM`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.kill()
        #expect(outcome.status == 0)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(try container.end() == .exited(0), "the probe ends well on TERM alone")
    }

    @Test(arguments: ["USR1", "usr1", "SIGUSR1", "sigusr1", "SigUsr1", "10"])
    func `a signal is a name in any case or a number`(signal: String) throws {
        let container = try Container(try waiting()).running()
        #expect(try container.kill(signal).status == 0)
        #expect(try container.end() == .exited(64 + 10))
    }

    @Test(arguments: ["KILL", "SIGKILL", "9"])
    func `KILL needs no cooperation`(signal: String) throws {
        let bundle = try Bundle()
        bundle.probe("ignore-term")
        let container = try Container(bundle).running()
        #expect(try container.kill("TERM").status == 0)
        #expect(try container.kill(signal).status == 0)
        #expect(try container.end() == .killed(signal: 9))
    }

    @Test(arguments: ["NOPE", "SIGSIG", "-3", "1x", "65", "KILLL"])
    func `an unknown signal is named`(signal: String) throws {
        let container = try Container(try waiting()).running()
        let outcome = try swiftrun("kill", container.id, "--", signal)
        #expect(outcome.status == 1)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("unknown signal \"\(signal)\"")) }
        #expect(try container.status() == "running")
    }

    @Test func `a created container can be killed`() throws {
        let container = try Container(try waiting()).created()
        #expect(try container.kill("KILL").status == 0)
        #expect(try container.end() == .killed(signal: 9))
        #expect(try container.status() == "stopped")
    }

    @Test(arguments: ["TERM", "KILL"])
    func `a stopped container is not running`(signal: String) throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let outcome = try container.kill(signal)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("container not running"))
        #expect(try swiftrun("kill", "--all", container.id, signal).status == 0, "--all does not mind")
    }

    @Test func `a container that was never created does not exist`() throws {
        let outcome = try swiftrun("kill", "ghost", "KILL")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("container does not exist"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 asks for --all"))
    func `without a pid namespace of its own KILL ends every process of the container`() throws {
        let bundle = try Bundle()
        bundle.namespace("pid", nil)
        bundle.probe("spawn", "--", "wait")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        #expect(processes(inCgroup: bundle.cgroup).count == 2)
        #expect(try container.kill("KILL").status == 0)
        #expect(try container.end() == .killed(signal: 9))
        #expect(try container.delete().status == 0)
        #expect(processes(inCgroup: bundle.cgroup) == [])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves the rest and the cgroup"))
    func `the process alone gets other signals`() throws {
        let bundle = try Bundle()
        bundle.namespace("pid", nil)
        bundle.probe("spawn", "--", "wait")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        try container.kill("TERM")
        #expect(try container.end() == .exited(0))
        #expect(processes(inCgroup: bundle.cgroup).count == 1)
        #expect(try container.delete().status == 0, "delete ends the rest")
        #expect(processes(inCgroup: bundle.cgroup) == [])
    }
}
