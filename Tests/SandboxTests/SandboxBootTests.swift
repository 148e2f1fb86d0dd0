import JSON
import TestKit
import Testing

/// Boots that come to no agent.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxBootTests {
    /// `run`, with so many seconds for the boot.
    private func run(_ bundle: Bundle, within seconds: Int) throws -> Outcome {
        try bundle.save()
        let scratch = bundle.scratch
        let outcome = try execute(
            [Repository.path(".ci/with-guest"), UnderTest.binary, "--root", scratch.root, "run", "--bundle", bundle.path, "box"],
            environment: scratch.environment + ["SWIFTRUN_TEST_BOOT_TIMEOUT=\(seconds)"], deadline: .boot)
        #expect(!Files.exists(scratch.root + "/box"))
        return outcome
    }

    @Test func `processors that never begin are waited for no longer than is set`() throws {
        let bundle = try sandboxed("wait")
        bundle.set("/vm/hypervisor", ["path": "/usr/bin/qemu-system-x86_64", "parameters": ["-S"]])
        let outcome = try run(bundle, within: 1)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "swiftrun: waited 1.0 seconds for the agent in the guest to answer\n")
    }

    @Test func `a guest that prints for ever is given up as well, with its last words`() throws {
        let bundle = try sandboxed("wait")
        let system = bundle.path + "/system"
        for directory in ["bin", "dev"] { try Files.makeDirectory("\(system)/\(directory)") }
        try Files.copy("/bin/busybox", to: system + "/bin/busybox", mode: 0o755)
        try Files.write(system + "/init", "#!/bin/busybox sh\nexec /bin/busybox yes there is no agent here\n", mode: 0o755)
        let packed = try execute(
            ["sh", "-c", "find . | busybox cpio -o -H newc > ../initrd"], environment: bundle.scratch.environment, directory: system)
        try #require(packed.status == 0, "\(packed)")
        bundle.set("/vm/kernel/initrd", .string(bundle.path + "/initrd"))
        let outcome = try run(bundle, within: 25)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("swiftrun: waited 25.0 seconds for the agent in the guest to answer; the console's last lines: "))
        // The last line may be half of one.
        #expect(outcome.errors.contains("there is no agent here | there is no agent here"), "\(outcome)")
    }

    @Test func `a hook that hangs ends with the runtime that is killed, and so does the machine`() throws {
        let bundle = try sandboxed("wait")
        let mark = bundle.path + "/hangs"
        bundle.append(
            "/hooks/createContainer",
            ["path": "/bin/sh", "args": ["sh", "-c", .string("echo > \(mark); exec sleep 1000")], "env": ["PATH=/bin"]])
        try bundle.save()
        let id = bundle.scratch.unique("box")
        let create = try Program(
            Program.Request(
                [UnderTest.binary, "--root", bundle.scratch.root, "create", "--bundle", bundle.path, id],
                environment: bundle.scratch.environment))
        let deadline = Deadline.boot
        while !Files.exists(mark) { guard !deadline.hasPassed else { throw Failure("waited for the hook") } }
        #expect(!processes(inCgroup: bundle.cgroup).isEmpty)
        create.send(9)
        _ = try create.wait()
        while !processes(inCgroup: bundle.cgroup).isEmpty { guard !deadline.hasPassed else { throw Failure("waited for the end") } }
        #expect(try swiftrun("delete", "--force", id).status == 0)
    }
}
