import TestKit
import Testing

/// What the user of ctr sees of containers that are virtual machines, beside runc's.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxCtrTests {
    @Test func `a container's life is told as with runc`() throws {
        try compareCtr("a machine's life", with: .machine) { session in
            let script = "head -n 1; ls /sys/class/net; echo err >&2; exit 7"
            #expect(try session.run(["--rm"], "a", "sh", "-c", script, input: .text("through\n")).status == 7)
            try session.run(["--rm"], "a", "nosuch")
            try session.run(["--rm"], "a", "/etc/passwd")

            try session.run(["--detach"], "a", "sh", "-c", "trap 'exit 4' TERM; while :; do sleep 1; done")
            #expect(try kernelIsHosts(session, "a") == (session.runtime == .runc))
            try session.ctr("task", "ls")
            #expect(try session.ctr("task", "exec", "--exec-id", "e", "a", "sh", "-c", "echo out; echo err >&2; exit 3").status == 3)
            #expect(try session.ctr("task", "exec", "--exec-id", "e", "a", "sh", "-c", "kill -9 $$").status == 137)
            try session.ctr("task", "exec", "--exec-id", "e", "a", "cat", input: .text("through\n"))
            try session.ctr("task", "exec", "--exec-id", "e", "a", "nosuch")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "/etc/passwd")
            try session.ctr("task", "exec", "--detach", "--exec-id", "long", "a", "sleep", "500")
            try session.ctr("task", "kill", "--exec-id", "long", "--signal", "15", "a")
            try session.awaitEnd("a", process: "long")
            try session.ctr("task", "delete", "--exec-id", "long", "a")
            try session.ctr("task", "pause", "a")
            try session.ctr("task", "ls")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "true")
            try session.ctr("task", "resume", "a")
            try session.ctr("task", "kill", "a")
            try session.awaitEnd("a")
            try session.ctr("task", "ls")
            try session.ctr("task", "delete", "a")
            try session.ctr("task", "start", "--detach", "a")
            try session.ctr("task", "kill", "--signal", "KILL", "a")
            try session.awaitEnd("a")
            try session.ctr("task", "delete", "a")
            try session.ctr("containers", "delete", "a")
        }
    }

    @Test func `a terminal, a new size, and an exec beside it`() throws {
        try compareCtr("a machine's terminal", with: .machine) { session in
            let terminal = try Terminal()
            terminal.resize(rows: 33, columns: 101)
            let ready = "stty -echo; until [ \"$(stty size)\" = '33 101' ]; do :; done; tty; echo begun"
            let sized = "until [ \"$(stty size)\" = '40 120' ]; do :; done; echo resized; read word; echo \"got $word\"; exit 9"
            let options = ["--tty", "--rm", "--runc-binary", session.runtime.path]
            let words = ["run"] + options + [Image.box.name, "a", "sh", "-c", "\(ready); \(sized)"]
            let ctr = try terminal.run(
                session.containerd.ctrCommand(words), environment: session.containerd.scratch.environment + ["TERM=dumb"])
            _ = try terminal.output.wait(for: "begun", .boot)
            _ = try terminal.resize(rows: 40, columns: 120, until: "resized")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "sh", "-c", "stty size < /dev/pts/0")
            terminal.send("typed\n")
            session.transcript.record(String(decoding: try terminal.output.rest(), as: UTF8.self))
            session.transcript.record("[\(try ctr.wait().status)]")
        }
    }

    @Test func `the annotation alone makes a machine`() throws {
        let containerd = try Containerd(machines: OCIRuntime.swiftrun.path)
        try containerd.importImages()
        let session = Session(containerd, .swiftrun)
        try session.run(["--detach", "--annotation", "dev.swiftrun.sandbox=vm"], "a", "sleep", "1000")
        #expect(try !kernelIsHosts(session, "a"))
        #expect(try session.ctr("task", "delete", "--force", "a").status == 0)
        #expect(try session.ctr("containers", "delete", "a").status == 0)
        try containerd.stop()
    }

    /// Each boot of a kernel has a number of its own.
    private func kernelIsHosts(_ session: Session, _ id: String) throws -> Bool {
        let path = "/proc/sys/kernel/random/boot_id"
        let answer = try session.containerd.ctr("task", "exec", "--exec-id", "kernel", id, "cat", path)
        guard answer.status == 0 else { throw Failure("\(answer)") }
        return answer.output == Files.text(path)
    }
}
