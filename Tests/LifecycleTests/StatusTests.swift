import JSON
import TestKit
import Testing

// features.md section 2: what each verb does in each state, and how the state is found out.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct StatusTests {
    @Test(.enabled(if: Host.hasCapability(21), "choosing a pid needs CAP_SYS_ADMIN"))
    func `a reused pid does not bring a container back`() throws {
        let container = try Container(try waiting()).running()
        let pid = try container.pid
        try container.kill("KILL")
        _ = try container.end()
        let imposter = try Imposter(pid)
        #expect(imposter.stands, "the pid is taken again")
        #expect(try container.status() == "stopped")
        #expect(try container.state()["pid"]?.integer == 0)
        #expect(try container.kill("KILL").errors.contains("container not running"))
        #expect(try container.start().errors.contains("cannot start a container that has stopped"))
        #expect(try container.delete("--force").status == 0)
        #expect(imposter.stands, "neither kill nor delete --force touched the process that has the pid now")
    }

    @Test func `a zombie is stopped`() throws {
        // This process has no shim: the zombie stays while its parent, who does not reap, lives.
        let bundle = try waiting()
        let container = try Container(bundle).running()
        try container.kill("KILL")
        // Whether the shim has reaped it yet or not, the status is the same.
        let deadline = Deadline.usual
        while try container.status() != "stopped" {
            if deadline.hasPassed { throw Failure("a dead container is still \(try container.status())") }
        }
    }

    @Test func `a created container whose process was killed behind our back is stopped`() throws {
        let container = try Container(try waiting()).created()
        _ = try execute(["kill", "-KILL", String(try container.pid)])
        #expect(try container.end() == .killed(signal: 9))
        #expect(try container.status() == "stopped")
        #expect(try container.start().errors.contains("cannot start a container that has stopped"))
        #expect(try container.delete().status == 0)
    }

    @Test func `a killed start leaves a container that can be deleted`() throws {
        let container = try Container(try waiting()).created()
        #expect(try container.status() == "created")
        #expect(try container.kill("KILL").status == 0)
        _ = try container.end()
        #expect(try container.delete().status == 0)
        #expect(container.bundle.scratch.leftovers() == [])
    }

    @Test(arguments: ["start", "kill", "delete", "state"])
    func `every verb wants an id`(verb: String) throws {
        let outcome = try swiftrun(verb)
        #expect(outcome.status == 1)
    }

    @Test(arguments: [["start", "a", "b"], ["state", "a", "b"], ["delete", "a", "b"]])
    func `a verb takes one id`(words: [String]) throws {
        #expect(try swiftrun(words).status == 1)
    }

    @Test(arguments: ["start", "kill", "delete", "state"])
    func `an id that leads out of the root is refused`(verb: String) throws {
        let scratch = try Scratch.required()
        let outside = scratch.directory + "/outside"
        try Files.makeDirectory(outside)
        let outcome = try swiftrun(verb, "../outside")
        #expect(outcome.status == 1)
        #expect(Files.exists(outside), "nothing outside was touched")
    }
}

/// A process with a pid that another had.
final class Imposter {
    private let program: Program
    private let pid: Int
    private let life: Descriptor

    init(_ pid: Int) throws {
        self.pid = pid
        let input = try Descriptor.pipe()
        let output = try Descriptor.pipe()
        program = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "at-pid", String(pid)], environment: Environment.plain, descriptors: [input.read, output.write, nil]))
        input.read.close()
        output.write.close()
        life = input.write
        guard try Stream(output.read).line() == String(pid) else { throw Failure("pid \(pid) cannot be had") }
    }

    var stands: Bool { Files.text("/proc/\(pid)/cmdline").contains("at-pid") && !Files.text("/proc/\(pid)/stat").contains(") Z") }

    deinit {
        life.close()
        _ = try? program.wait()
    }
}
