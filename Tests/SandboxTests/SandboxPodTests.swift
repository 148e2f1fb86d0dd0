import Glibc
import JSON
import TestKit
import Testing

/// Containers that share a machine.
@Suite(.machineUnchanged, .serialized, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxPodTests {
    private func sandbox() throws -> Container {
        let bundle = try sandboxed("wait")
        bundle.set("/annotations", ["io.kubernetes.cri.container-type": "sandbox"])
        return try Container(bundle).running(.boot)
    }

    /// A member of the pod of `sandbox`, with the namespaces `kinds` of its.
    private func member(_ sandbox: String, _ pid: Int, _ kinds: [(type: String, file: String)], _ words: [String]) throws -> Bundle {
        let bundle = try sandboxed()
        bundle.config.set("/process/args", Value(["/bin/probe"] + words))
        bundle.set("/annotations", ["io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.sandbox-id": .string(sandbox)])
        for kind in kinds { bundle.namespace(kind.type, "/proc/\(pid)/ns/\(kind.file)") }
        return bundle
    }

    @Test func `members join the sandbox's machine, live on their own, and end with it`() throws {
        let sandbox = try sandbox()
        let shared = [("network", "net"), ("ipc", "ipc"), ("uts", "uts")]
        let first = try Container(try member(sandbox.id, try sandbox.pid, shared, ["report", "--", "wait"])).created()
        #expect(try first.status() == "created")
        #expect(try first.start().status == 0)
        let report = Report(try #require(try first.output?.value()))
        #expect(report["pid"] == 1)
        let second = try Container(
            try member(sandbox.id, try sandbox.pid, shared + [("pid", "pid")], ["report", "--", "wait"])
        ).created()
        #expect(try second.start().status == 0)
        let other = Report(try #require(try second.output?.value()))
        #expect(other["pid"] != 1, "the sandbox's first process is the first of its namespace")
        for kind in ["ipc", "uts", "net"] { #expect(report.namespace(kind) == other.namespace(kind)) }
        #expect(report.namespace("pid") != other.namespace("pid"))

        // One goes, the others stay.
        #expect(try first.kill("KILL").status == 0)
        #expect(try first.end() == .killed(signal: SIGKILL))
        #expect(try first.delete().status == 0)
        #expect(try second.exec(probe: "exit", "4").status == 4)

        #expect(try sandbox.delete("--force").status == 0)
        #expect(try second.end() == .exited(255))
        #expect(try second.status() == "stopped")
        #expect(try second.delete().status == 0)
    }

    @Test(arguments: ["created", "running"])
    func `a proxy of a container that is killed takes the container with it`(phase: String) throws {
        let sandbox = try sandbox()
        let bundle = try member(sandbox.id, try sandbox.pid, [("network", "net")], ["wait"])
        let member = phase == "created" ? try Container(bundle).created() : try Container(bundle).running()
        #expect(try member.status() == phase)
        #expect(kill(Int32(try member.pid), SIGKILL) == 0)
        #expect(try member.end() == .killed(signal: SIGKILL))
        #expect(try member.status() == "stopped")
        #expect(try member.delete().status == 0)
        #expect(try sandbox.status() == "running")
    }

    @Test func `a sandbox that is not there is named`() throws {
        let outcome = try member("nobody", 1, [], ["wait"]).run()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("sandbox nobody, whose virtual machine is to be joined, does not exist"))
    }
}
