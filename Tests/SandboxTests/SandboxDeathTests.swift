import Glibc
import JSON
import TestKit
import Testing

/// What is left when one of those who keep a machine going is killed: nothing, and everybody hears of it.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxDeathTests {
    /// Who is killed, by the beginning of its command line.
    enum Victim: String, CaseIterable {
        case supervisor = "swiftrun-supervisor"
        case machine = "qemu"
        case fileServer = "virtiofsd"

        func kill(of bundle: Bundle) throws {
            let pid = try #require(processes(of: bundle, rawValue).first)
            #expect(Glibc.kill(Int32(pid), SIGKILL) == 0)
        }

        /// How the container's process on the host ends over it.
        var end: Ending { self == .supervisor ? .killed(signal: SIGKILL) : .exited(255) }
    }

    @Test(arguments: Victim.allCases)
    func `while it runs, everybody ends`(victim: Victim) throws {
        let bundle = try sandboxed("wait")
        let container = try Container(bundle).running(.boot)
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                container.execWords(probe: "wait"), environment: bundle.scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        #expect(try Stream(output.read).value()["action"]?.string == "waiting")
        try victim.kill(of: bundle)
        #expect(try exec.wait() == .exited(255))
        #expect(try container.end() == victim.end)
        #expect(try container.status() == "stopped")
        #expect(try container.exec(probe: "exit", "0").errors.contains("cannot exec in a stopped container"))
        #expect(try container.delete().status == 0)
    }

    @Test(arguments: Victim.allCases)
    func `before it is started, start tells`(victim: Victim) throws {
        let bundle = try sandboxed("wait")
        let container = try Container(bundle).created(deadline: .boot)
        try victim.kill(of: bundle)
        #expect(try container.end() == victim.end)
        let outcome = try container.start()
        #expect(outcome.status == 1 && outcome.errors.contains("cannot start a container that has stopped"))
        #expect(try container.delete().status == 0)
    }

    @Test(arguments: Victim.allCases)
    func `while it boots, create fails`(victim: Victim) throws {
        let bundle = try sandboxed("wait")
        // A guest that never comes to its agent.
        bundle.set("/vm/kernel/parameters", ["rdinit=/dev/console", "panic=0"])
        try bundle.save()
        let errors = try Descriptor.pipe()
        let id = bundle.scratch.unique("box")
        let create = try Program(
            Program.Request(
                [UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, id],
                environment: bundle.scratch.environment, descriptors: [nil, nil, errors.write]))
        errors.write.close()
        let deadline = Deadline.boot
        // Made once the machine's programs run.
        while !Files.exists("\(bundle.scratch.root)/\(id)/service") {
            guard !deadline.hasPassed else { throw Failure("waited for the machine") }
        }
        try victim.kill(of: bundle)
        #expect(try create.wait() == .exited(1))
        let text = String(decoding: try Stream(errors.read).rest(), as: UTF8.self)
        let words =
            switch victim {
            case .supervisor: "the container's process on the host ended before it was ready"
            case .machine: "the virtual machine ended: killed by SIGKILL"
            case .fileServer: "virtiofsd ended: killed by SIGKILL"
            }
        #expect(text.contains(words), "\(text)")
    }

    @Test func `a create that is killed takes the machine with it, and delete the rest`() throws {
        let bundle = try sandboxed("wait")
        bundle.set("/vm/kernel/parameters", ["rdinit=/dev/console", "panic=0"])
        try bundle.save()
        let root = bundle.scratch.root
        let id = bundle.scratch.unique("box")
        let create = try Program(
            Program.Request(
                [UnderTest.binary, "--root", root, "create", "--bundle", bundle.path, id], environment: bundle.scratch.environment))
        let deadline = Deadline.boot
        while !Files.exists("\(root)/\(id)/service") { guard !deadline.hasPassed else { throw Failure("waited for the machine") } }
        create.send(SIGKILL)
        _ = try create.wait()
        while !processes(inCgroup: bundle.cgroup).isEmpty { guard !deadline.hasPassed else { throw Failure("waited for the end") } }
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(!Files.exists("\(root)/\(id)"))
    }

    @Test func `a kernel that panics at boot is told with its words`() throws {
        let bundle = try sandboxed("wait")
        bundle.set("/vm/kernel/parameters", ["rdinit=/nothing", "root=/nothing"])
        let outcome = try bundle.run(deadline: .boot)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the virtual machine ended"))
        #expect(outcome.errors.contains("Kernel panic - not syncing"))
    }

    @Test func `a kernel that panics later is told with its words, and ends everybody`() throws {
        let bundle = try sandboxed("wait")
        bundle.remove("/linux/readonlyPaths")
        let container = try Container(bundle).running(.boot)
        let exec = try container.exec(probe: "write", "/proc/sysrq-trigger", "c")
        #expect(exec.status == 255)
        #expect(exec.errors.contains("Kernel panic - not syncing: sysrq triggered crash"))
        #expect(try container.end() == .exited(255))
        #expect(try container.start().errors.contains("Kernel panic - not syncing: sysrq triggered crash"))
    }

    @Test func `a proxy that is killed takes its process with it`() throws {
        let bundle = try sandboxed("wait")
        let container = try Container(bundle).running(.boot)
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                container.execWords(probe: "wait"), environment: bundle.scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        let said = Stream(output.read)
        #expect(try said.value()["action"]?.string == "waiting")
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
