import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2, "needs root and cgroup2"), .timeLimit(.minutes(2)))
struct PauseTests {
    private func cgroup(_ container: Container) -> String { "\(cgroupMount ?? "")/\(container.bundle.cgroup)" }

    private func events(_ path: String) -> String { Files.text(path + "/cgroup.events") }

    @Test(arguments: [CgroupView.host, .pure])
    func `paused processes stand, resumed ones go on`(view: CgroupView) throws {
        let container = try Container(try waiting())
        try container.create(view: view)
        _ = try swiftrun("start", container.id, view: view)
        _ = try container.output?.line()
        let paused = try swiftrun("pause", container.id, view: view)
        #expect(paused.status == 0)
        #expect(paused.outputBytes.isEmpty && paused.errorBytes.isEmpty)
        #expect(events(cgroup(container)).contains("frozen 1"))
        #expect(try swiftrun("state", container.id, view: view).json()["status"]?.string == "paused")
        // The probe ends well on TERM, once it may.
        #expect(try swiftrun("kill", container.id, "TERM", view: view).status == 0)
        #expect(try swiftrun("state", container.id, view: view).json()["status"]?.string == "paused")
        let resumed = try swiftrun("resume", container.id, view: view)
        #expect(resumed.status == 0)
        #expect(resumed.outputBytes.isEmpty && resumed.errorBytes.isEmpty)
        #expect(try container.end() == .exited(0))
        #expect(try swiftrun("delete", container.id, view: view).status == 0)
    }

    @Test func `a created container can be paused, and is created once resumed`() throws {
        let container = try Container(try waiting()).created()
        #expect(try swiftrun("pause", container.id).status == 0)
        #expect(try container.status() == "paused")
        #expect(try container.start().errors.contains("cannot start a container in the paused state"))
        #expect(try swiftrun("resume", container.id).status == 0)
        #expect(try container.status() == "created")
    }

    @Test func `what is not so cannot be paused or resumed`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        #expect(try swiftrun("resume", container.id).errors.contains("container not paused"))
        try container.start()
        _ = try container.end()
        for (verb, words) in [("pause", "container not running"), ("resume", "container not paused")] {
            let outcome = try swiftrun(verb, container.id)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains(words))
            #expect(try swiftrun(verb, "ghost").errors.contains("container does not exist"))
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc calls it not running"))
    func `one that is paused already is told`() throws {
        let container = try Container(try waiting()).created()
        #expect(try swiftrun("pause", container.id).status == 0)
        let outcome = try swiftrun("pause", container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "swiftrun: container already paused\n")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc waits and says nothing"))
    func `a cgroup above that is frozen is named`() throws {
        let bundle = try waiting()
        let parent = bundle.cgroup
        bundle.set("/linux/cgroupsPath", .string("/\(parent)/leaf"))
        let container = try Container(bundle).running()
        let above = "\(cgroupMount ?? "")/\(parent)"
        try Files.write(above + "/cgroup.freeze", "1")
        let deadline = Deadline.usual
        while !events(above + "/leaf").contains("frozen 1") && !deadline.hasPassed {}
        #expect(try container.status() == "paused")
        let outcome = try swiftrun("resume", container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "swiftrun: resume \(container.id): cgroup v2: \(above)/leaf stays frozen with \(above) above it\n")
        #expect(try container.delete("--force").status == 0, "it can be deleted all the same")
        #expect(!Files.exists(above + "/leaf"))
        removeCgroup(above)
    }

    @Test(arguments: UnderTest.backend.pidNamespaces)
    func `a paused container can be killed and deleted`(hasPIDNamespace: Bool) throws {
        let bundle = try Bundle()
        if !hasPIDNamespace { bundle.namespace("pid", nil) }
        bundle.probe("spawn", "--", "ignore-term")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        #expect(try swiftrun("pause", container.id).status == 0)
        #expect(try container.delete().errors.contains("cannot delete container \(container.id) that is not stopped: paused"))
        #expect(try container.kill("KILL").status == 0)
        #expect(try container.end() == .killed(signal: 9))
        #expect(try container.status() == "stopped")
        #expect(try swiftrun("resume", container.id).errors.contains("container not paused"), "containerd asks for it then")
        #expect(try container.delete().status == 0)
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test(arguments: UnderTest.backend.pidNamespaces)
    func `a paused container can be deleted by force`(hasPIDNamespace: Bool) throws {
        let bundle = try Bundle()
        if !hasPIDNamespace { bundle.namespace("pid", nil) }
        bundle.probe("spawn", "--", "ignore-term")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        #expect(try swiftrun("pause", container.id).status == 0)
        #expect(try container.delete("--force").status == 0)
        #expect(try container.end() == .killed(signal: 9))
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves the cgroup"),
        arguments: [(true, ["kill", "KILL"]), (false, ["kill", "KILL"]), (true, ["delete", "--force"]), (false, ["delete", "--force"])])
    func `a container whose processes are in a frozen cgroup of its own can be killed and deleted`(
        hasPIDNamespace: Bool, words: [String]
    ) throws {
        let bundle = try Bundle()
        if !hasPIDNamespace { bundle.namespace("pid", nil) }
        bundle.probe("spawn", "--", "ignore-term")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        let child = cgroup(container) + "/child"
        try Files.makeDirectory(child + "/grandchild")
        try Files.write(child + "/cgroup.procs", "\(try container.pid)")
        for pid in processes(inCgroup: bundle.cgroup) where pid != (try container.pid) {
            try Files.write(child + "/grandchild/cgroup.procs", "\(pid)")
        }
        try Files.write(child + "/cgroup.freeze", "1")
        #expect(try container.status() == "running", "only the container's own cgroup says that it is paused")
        if words[0] == "kill" {
            #expect(try container.kill("KILL").status == 0)
            #expect(try container.end() == .killed(signal: 9))
            #expect(try container.delete().status == 0)
        } else {
            #expect(try container.delete("--force").status == 0)
            #expect(try container.end() == .killed(signal: 9))
        }
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves the rest and the cgroup"))
    func `kill with --all ends what a dead init has left`() throws {
        let bundle = try Bundle()
        bundle.namespace("pid", nil)
        bundle.probe("spawn", "--", "wait")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        try container.kill("TERM")
        #expect(try container.end() == .exited(0))
        #expect(processes(inCgroup: bundle.cgroup).count == 1)
        try Files.write(cgroup(container) + "/cgroup.freeze", "1")
        // As containerd calls it once the init is dead.
        let outcome = try swiftrun("kill", "--all", container.id, "9")
        #expect(outcome.status == 0)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(try container.delete().status == 0)
        #expect(processes(inCgroup: bundle.cgroup) == [])
    }
}
