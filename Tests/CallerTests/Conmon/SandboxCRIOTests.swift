import JSON
import TestKit
import Testing

/// CRI-O's calls where each pod is a virtual machine, beside runc.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxCRIOTests {
    /// CRI-O keeps the namespaces of a pod by file, and makes them before there is a process.
    private static let pinned = [("network", "net"), ("ipc", "ipc"), ("uts", "uts")]

    private func member(_ kind: String, _ script: String) throws -> Bundle {
        let bundle = try CRIO.bundle(script)
        bundle.set("/annotations", ["io.kubernetes.cri-o.ContainerType": .string(kind), "io.kubernetes.cri-o.SandboxID": "infra"])
        for (type, name) in Self.pinned { bundle.namespace(type, "/run/pinned/\(name)") }
        bundle.remove("/hostname")
        return bundle
    }

    @Test func `the containers of a pod are in the machine of its sandbox`() throws {
        try CRIO.compared("a pod in a machine", with: .machine) { conmon, runtime in
            let pins = "mkdir -p /run/pinned && cd /run/pinned && touch net ipc uts && unshare --net=net --ipc=ipc --uts=uts true"
            #expect(try runtime.room.execute(["sh", "-c", pins]).status == 0)
            try conmon.create("infra", try member("sandbox", "exec sleep 1000"))
            try runtime("start", "infra")
            try conmon.create("c", try member("container", "echo begun; read line; echo got $line; exit 3"), .input)
            let attached = try conmon.attach("c")
            try runtime("start", "c")
            _ = try attached.output.wait(for: "begun\n")

            let look = "read id < /proc/sys/kernel/random/boot_id; echo $id; for n in net ipc uts; do readlink /proc/self/ns/$n; done"
            let seen = try ["infra", "c"].map { try runtime.quietly(["exec", $0, "sh", "-c", look]).output }
            #expect(seen[0] == seen[1] && seen[0].contains("uts:["), "\(runtime.runtime.name): \(seen)")
            #expect(seen[0].hasPrefix(Files.text("/proc/sys/kernel/random/boot_id")) == (runtime.runtime == .runc), "\(seen)")
            try conmon.execSync("c", CRIO.process("echo out; echo err >&2; exit 9"))
            try conmon.execSync("c", CRIO.process(["nosuch"]))

            attached.send("typed\n")
            try conmon.observeEnd("c")
            try attached.close()
            try runtime.awaitStatus("stopped", of: "c")
            try runtime("delete", "--force", "c")
            try runtime("exec", "infra", "true")
            try runtime("kill", "infra", "KILL")
            try conmon.observeEnd("infra")
            try runtime("delete", "--force", "infra")
            let unpins = "umount /run/pinned/net /run/pinned/ipc /run/pinned/uts"
            #expect(try runtime.room.execute(["sh", "-c", unpins]).status == 0)
        }
    }
}
