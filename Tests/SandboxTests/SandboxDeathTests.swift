import Glibc
import JSON
import TestKit
import Testing

/// What is left when one of those who keep a machine going is killed: nothing, and everybody hears of it.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxDeathTests {
    /// Who is killed.
    enum Victim: CaseIterable {
        case supervisor, machine, fileServer
        /// The process of it that serves, where the other one waits for its end.
        case servingFileServer

        func kill(of bundle: Bundle) throws {
            let outer = { (words: String) throws -> Int32 in
                let found = processes(of: bundle, words).map(Int32.init)
                return try #require(found.first { pid in !found.contains { children(of: $0).contains(pid) } }, "\(words)")
            }
            let pid =
                switch self {
                case .supervisor: try outer("swiftrun-supervisor")
                case .machine: try outer("qemu")
                case .fileServer: try outer("virtiofsd")
                case .servingFileServer: try #require(children(of: try outer("virtiofsd")).first)
                }
            #expect(Glibc.kill(pid, SIGKILL) == 0)
        }

        /// How the container's process on the host ends over it.
        var end: Ending { self == .supervisor ? .killed(signal: SIGKILL) : .exited(255) }

        /// What a runtime that waits for it says.
        var words: String {
            switch self {
            case .supervisor: "the container's process on the host ended before it was ready"
            case .machine: "the virtual machine ended: killed by SIGKILL"
            case .fileServer: "virtiofsd ended: killed by SIGKILL"
            case .servingFileServer: "virtiofsd ended: "
            }
        }
    }

    enum Phase: CaseIterable {
        case booting, created
        /// And so is a process of `exec`.
        case running
    }

    @Test(arguments: Victim.allCases, Phase.allCases)
    func `whoever is killed, everybody ends and hears of it`(victim: Victim, phase: Phase) throws {
        let bundle = try sandboxed("wait")
        switch phase {
        case .booting:
            let errors = try Descriptor.pipe()
            let run = try booting(bundle, "run", errors.write)
            errors.write.close()
            try victim.kill(of: bundle)
            #expect(try run.wait() == .exited(1))
            let text = String(decoding: try Stream(errors.read).rest(), as: UTF8.self)
            #expect(text.contains(victim.words), "\(text)")
        case .created:
            let container = try Container(bundle).created(deadline: .boot)
            try victim.kill(of: bundle)
            #expect(try container.end() == victim.end)
            let start = try container.start()
            #expect(start.status == 1 && start.errors.contains("cannot start a container that has stopped"))
            #expect(victim == .supervisor || start.errors.contains(victim.words), "\(start)")
            #expect(try container.delete().status == 0)
        case .running:
            let container = try Container(bundle).running(.boot)
            let exec = try container.startExec(probe: "wait")
            try victim.kill(of: bundle)
            #expect(try exec.wait() == .exited(255))
            #expect(try container.end() == victim.end)
            #expect(try container.status() == "stopped")
            #expect(try container.exec(probe: "exit", "0").errors.contains("cannot exec in a stopped container"))
            #expect(try container.delete().status == 0)
        }
    }

    /// `verb` of a bundle whose guest never comes to its agent, at the moment when the machine's programs run.
    private func booting(_ bundle: Bundle, _ verb: String, _ errors: Descriptor? = nil) throws -> Program {
        bundle.set("/vm/kernel/parameters", ["rdinit=/dev/console", "panic=0"])
        try bundle.save()
        let (root, id) = (bundle.scratch.root, bundle.scratch.unique("box"))
        let program = try Program(
            Program.Request(
                [UnderTest.binary, "--root", root, verb, "--bundle", bundle.path, id], environment: bundle.scratch.environment,
                descriptors: [nil, nil, errors]))
        let deadline = Deadline.boot
        // Made once they run.
        while !Files.exists("\(root)/\(id)/service") { guard !deadline.hasPassed else { throw Failure("waited for the machine") } }
        return program
    }

    @Test func `a create that is killed takes the machine with it, and delete the rest`() throws {
        let bundle = try sandboxed("wait")
        let create = try booting(bundle, "create")
        create.send(SIGKILL)
        _ = try create.wait()
        let deadline = Deadline.boot
        while !processes(inCgroup: bundle.cgroup).isEmpty { guard !deadline.hasPassed else { throw Failure("waited for the end") } }
        let id = try #require(Files.entries(bundle.scratch.root).first)
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(!Files.exists("\(bundle.scratch.root)/\(id)"))
    }

    @Test func `a run or an exec that is killed leaves its process as it is, as on the host`() throws {
        let bundle = try sandboxed("wait")
        try bundle.save()
        let (root, id) = (bundle.scratch.root, bundle.scratch.unique("box"))
        let output = try Descriptor.pipe()
        let run = try Program(
            Program.Request(
                [UnderTest.binary, "--root", root, "run", "--bundle", bundle.path, id], environment: bundle.scratch.environment,
                descriptors: [nil, output.write, nil]))
        output.write.close()
        #expect(try Stream(output.read).value(.boot)["action"]?.string == "waiting")
        run.send(SIGKILL)
        _ = try run.wait()
        let said = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                [UnderTest.binary, "--root", root, "exec", id, "/bin/probe", "wait"], environment: bundle.scratch.environment,
                descriptors: [nil, said.write, nil]))
        said.write.close()
        #expect(try Stream(said.read).value()["action"]?.string == "waiting")
        exec.send(SIGKILL)
        _ = try exec.wait()
        #expect(try swiftrun("state", id).json()["status"]?.string == "running")
        // A header and two processes.
        #expect(try swiftrun("ps", id).output.split(separator: "\n").count == 3)
        #expect(try swiftrun("delete", "--force", id).status == 0)
    }

    @Test func `a proxy that is killed takes its process with it`() throws {
        let bundle = try sandboxed("wait")
        let container = try Container(bundle).running(.boot)
        let exec = try container.startExec(probe: "wait")
        let before = try processCount(container)
        let proxy = try #require(processes(of: bundle, "swiftrun-proxy").first)
        #expect(kill(Int32(proxy), SIGKILL) == 0)
        #expect(try exec.wait() == .exited(137))
        let deadline = Deadline.usual
        while try processCount(container) == before { guard !deadline.hasPassed else { throw Failure("waited for the process to end") } }
        #expect(try container.status() == "running")
    }

    @Test func `by force a container goes whatever it is at`() throws {
        let bundle = try sandboxed("ignore-term")
        let container = try Container(bundle).running(.boot)
        #expect(try swiftrun("pause", container.id).status == 0)
        #expect(try container.delete("--force").status == 0)
        #expect(try container.end() == .killed(signal: SIGKILL))
        #expect(processes(inCgroup: bundle.cgroup).isEmpty)
    }

    /// Of the guest.
    private func processCount(_ container: Container) throws -> Int {
        try swiftrun("ps", container.id).output.split(separator: "\n").count
    }
}
