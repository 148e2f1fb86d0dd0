import JSON
import TestKit
import Testing

// The trait looks at the end; here it is also looked on the way, so that a leak is told where it begins.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .serialized, .timeLimit(.minutes(5)))
struct LeakTests {
    static let rounds = UnderTest.rounds(500, inMachines: 20, ofOthers: 10)

    @Test func `cycles of create, start and delete leave nothing`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let before = Machine.snapshot()
        for round in 0..<Self.rounds {
            let container = try Container(bundle).created()
            #expect(try container.start().status == 0)
            #expect(try container.end() == .exited(0))
            #expect(try container.delete().status == 0)
            try Files.remove(container.pidFile)
            if round % 100 == 0 { #expect(bundle.scratch.leftovers() == [], "round \(round)") }
        }
        #expect(bundle.scratch.leftovers() == [])
        #expect(Machine.snapshot().differences(from: before) == [])
    }

    @Test(arguments: ["mount", "program", "hook", "seccomp", "cgroup", "device", "namespace", "sysctl"])
    func `creates that fail leave nothing`(kind: String) throws {
        let bundle = try Bundle()
        switch kind {
        case "mount": bundle.mount("/here", "bind", "/no/such/source", ["bind"])
        case "program": bundle.set("/process/args", ["no-such-program"])
        case "hook": bundle.set("/hooks/createContainer", [["path": "/bin/false"]])
        case "seccomp": bundle.set("/linux/seccomp", ["defaultAction": "SCMP_ACT_NONSENSE"])
        case "cgroup": bundle.set("/linux/resources/unified", ["no.such.file": "1"])
        case "device": bundle.set("/linux/devices", [["path": "/etc/passwd/x", "type": "c", "major": 1, "minor": 3]])
        case "namespace": bundle.namespace("network", "/no/such/namespace")
        default: bundle.set("/linux/sysctl", ["fs.mqueue.no_such": "1"])
        }
        for round in 0..<UnderTest.rounds(25, inMachines: 2, ofOthers: 2) {
            let container = try Container(bundle)
            let outcome = try container.create()
            #expect(outcome.status == 1, "\(outcome)")
            #expect(!outcome.errors.isEmpty)
            #expect(!Files.exists(container.pidFile))
            if round % 10 == 0 { #expect(bundle.scratch.leftovers() == []) }
        }
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test func `a create that is killed leaves no process and, after delete by force, no state`() throws {
        let bundle = try waiting()
        bundle.set("/hooks/createContainer", [["path": .string(ProbeBinary.path), "args": ["probe", "hang"]]])
        try bundle.save()
        let scratch = bundle.scratch
        for _ in 0..<3 {
            let id = scratch.unique("killed")
            let program = try Program(
                Program.Request(
                    UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "create", "--bundle", bundle.path, id]),
                    environment: scratch.environment))
            // Once its cgroup has somebody in it, the create is under way.
            let deadline = Deadline.usual
            while processes(inCgroup: bundle.cgroup).isEmpty && !deadline.hasPassed {}
            program.send(9)
            #expect(try program.wait() == .killed(signal: 9))
            #expect(try swiftrun("delete", "--force", id).status == 0)
        }
        // runc writes down too late whose cgroup it is.
        if !UnderTest.isSwiftrun { removeCgroup((cgroupMount ?? "") + "/" + bundle.cgroup) }
        if UnderTest.isSwiftrun { #expect(scratch.leftovers() == []) }
    }
}
