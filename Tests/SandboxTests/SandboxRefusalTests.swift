import JSON
import TestKit
import Testing

/// What there is no way for into a machine.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing)) struct SandboxRefusalTests {
    private let words = "descriptors of the host cannot be given to a process in a virtual machine"

    @Test func `descriptors are refused, by whatever they are asked for`() throws {
        let bundle = try sandboxed("wait")
        let file = try Descriptor.open("/dev/null", 0)
        let outcome = try bundle.run("--preserve-fds", "1", descriptors: [file])
        #expect(outcome.status == 1 && outcome.errors.contains("--preserve-fds: \(words)"), "\(outcome)")
        let run = [UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"]
        let activated = try execute(
            ["sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh"] + run, environment: bundle.scratch.environment + ["LISTEN_FDS=1"],
            descriptors: [file])
        #expect(activated.status == 1 && activated.errors.contains("$LISTEN_FDS: \(words)"), "\(activated)")
    }

    @Test func `a running container takes neither descriptors nor options of ps`() throws {
        let container = try Container(try sandboxed("wait")).running(.boot)
        let exec = try container.exec(["--preserve-fds", "1"], probe: "exit", "0", descriptors: [try Descriptor.open("/dev/null", 0)])
        #expect(exec.status == 255 && exec.errors.contains("--preserve-fds: \(words)"), "\(exec)")
        let table = try swiftrun("ps", container.id, "-e", "-o", "pid,rss")
        #expect(table.status == 1 && table.output.isEmpty)
        #expect(table.errors.contains("ps -e -o pid,rss: of the processes in a virtual machine there is no other table than that of -ef"))
        #expect(try swiftrun("ps", container.id, "-ef").output == swiftrun("ps", container.id).output)
    }
}
