import TestKit
import Testing

// What the user of `ctr` sees, beside runc.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct CtrTests {
    @Test func `run in the foreground`() throws {
        try compareCtr("run") { session in
            #expect(try session.run(["--rm"], "a", "echo", "hello").output == "hello\n")
            #expect(try session.run(["--rm"], "a", "sh", "-c", "echo out; exit 7").status == 7)
            #expect(try session.run(["--rm"], "a", "sh", "-c", "echo err >&2; (exec kill -9 1); exit 8").status == 8)
            #expect(try session.run(["--rm"], "a", "head", "-n", "1", input: .text("through\n")).output == "through\n")
            try session.run(["--rm", "--null-io"], "a", "echo", "nobody reads this")
            try session.run(["--rm", "--env", "A=b", "--cwd", "/tmp"], "a", "sh", "-c", "echo $A; pwd")
            try session.run(["--rm", "--user", "1000:1000"], "a", "id")
            try session.run(["--rm", "--read-only"], "a", "touch", "/file")
            try session.run(["--rm", "--mount", "type=bind,src=/etc/hostname,dst=/etc/there,options=rbind:ro"], "a", "cat", "/etc/there")
            try session.run(
                ["--rm", "--mount", "type=tmpfs,src=tmpfs,dst=/cache,options=size=64k:mode=700"], "a", "stat", "-c", "%a %T", "/cache")
            try session.run(["--rm", "--net-host"], "a", "sh", "-c", "cat /proc/net/dev | wc -l")
            try session.run(["--rm", "--privileged"], "a", "grep", "Cap", "/proc/self/status")
            try session.run(["--rm"], "a", "grep", "Cap", "/proc/self/status")
            try session.run(["--rm", "--seccomp"], "a", "unshare", "-U", "true")
            try session.run(["--rm", "--device", "/dev/full"], "a", "sh", "-c", "stat -c '%F %a %t %T' /dev/full; echo > /dev/full")
            try session.run(["--rm", "--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"], "a", "cat", "/proc/self/uid_map")
            try session.run(["--rm", "--allow-new-privs"], "a", "grep", "NoNewPrivs", "/proc/self/status")
            try session.run(["--rm", "--runc-systemd-cgroup"], "a", "true")
        }
    }

    @Test func `a program that cannot be run`() throws {
        try compareCtr("a program that cannot be run") { session in
            for program in ["nosuch", "/nosuch", "/etc/passwd", "/tmp", "/etc/passwd/x", "./bin/true"] {
                try session.run(["--rm"], "a", program)
            }
            try session.run(["--rm", "--cwd", "/etc/passwd"], "a", "true")
            try session.run(["--rm", "--mount", "type=bind,src=/nosuch,dst=/data,options=rbind"], "a", "true")
            try session.run(["--rm", "--user", "nobody"], "a", "true")
            try session.ctr("run", "--rm", "--runc-binary", "/nosuch/runtime", Image.box.name, "a", "true")
        }
    }

    /// The default of ctr asks for cpu.shares 1024, the kernel's own value.
    @Test func `run where cgroup v2 has no cpu controller`() throws {
        try compareCtr("run without a cpu controller", .pure) { session in
            let words = ["run", "--rm", "--runc-binary", session.runtime.path, Image.box.name, "a", "echo", "hello"]
            let outcome = try session.containerd.ctr(words)
            session.transcript.record("status \(outcome.status), \(outcome.output.dropLast())\(outcome.errors.dropLast())")
        }
    }

    @Test func `a detached container's life`() throws {
        try compareCtr("a detached container's life") { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            try session.ctr("task", "ls")
            try session.run(["--detach"], "a", "sleep", "1000")
            try session.ctr("task", "start", "a")
            try session.ctr("task", "delete", "a")
            try session.ctr("containers", "delete", "a")
            try session.ctr("task", "kill", "--signal", "0", "a")
            try session.ctr("task", "kill", "--signal", "KILL", "a")
            try session.awaitEnd("a")
            try session.ctr("task", "kill", "--signal", "9", "a")
            try session.ctr("task", "kill", "--all", "a")
            try session.ctr("task", "ls")
            try session.ctr("task", "ps", "a")
            try session.ctr("task", "exec", "--exec-id", "late", "a", "true")
            try session.ctr("task", "pause", "a")
            try session.ctr("task", "resume", "a")
            try session.ctr("task", "delete", "a")
            try session.ctr("task", "delete", "a")
            try session.ctr("task", "kill", "a")
            try session.ctr("task", "start", "--detach", "a")
            try session.ctr("task", "delete", "--force", "a")
            try session.ctr("containers", "delete", "a")
            try session.ctr("containers", "delete", "a")
        }
    }

    @Test func `processes beside the container's own`() throws {
        try compareCtr("task exec") { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            #expect(try session.ctr("task", "exec", "--exec-id", "e", "a", "sh", "-c", "echo out; exit 3").status == 3)
            try session.ctr("task", "exec", "--exec-id", "e", "a", "sh", "-c", "echo err >&2; kill -9 $$")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "cat", input: .text("through\n"))
            try session.ctr("task", "exec", "--exec-id", "e", "--user", "1000", "--cwd", "/tmp", "a", "sh", "-c", "id; pwd")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "nosuch")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "/etc/passwd")
            try session.ctr("task", "exec", "--exec-id", "e", "--cwd", "/nosuch", "a", "true")
            try session.ctr("task", "exec", "--detach", "--exec-id", "long", "a", "sleep", "500")
            try session.ctr("task", "exec", "--exec-id", "long", "a", "true")
            try session.ctr("task", "ps", "a")
            try session.ctr("task", "kill", "--exec-id", "long", "--signal", "15", "a")
            try session.ctr("task", "kill", "--exec-id", "nosuch", "a")
            try session.awaitEnd("a", process: "long")
            try session.ctr("task", "delete", "--exec-id", "long", "a")
            try session.ctr("task", "rm", "--force", "a")
            try session.ctr("containers", "rm", "a")
        }
    }

    @Test func `pause, resume and what is refused meanwhile`() throws {
        try compareCtr("pause") { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            try session.ctr("task", "resume", "a")
            try session.ctr("task", "pause", "a")
            try session.ctr("task", "ls")
            try session.ctr("task", "pause", "a")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "true")
            try session.ctr("task", "resume", "a")
            try session.ctr("task", "ls")
            try session.ctr("task", "exec", "--exec-id", "e", "a", "true")
            try session.ctr("task", "pause", "a")
            try session.ctr("task", "kill", "--signal", "9", "a")
            try session.awaitEnd("a")
            try session.ctr("task", "delete", "a")
            try session.ctr("containers", "delete", "a")
        }
    }

    @Test func `a checkpoint is refused`() throws {
        try compareCtr("checkpoint") { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            try session.ctr("task", "checkpoint", "a")
            try session.ctr("task", "ls")
            try session.ctr("task", "delete", "--force", "a")
            try session.ctr("containers", "delete", "a")
        }
    }

    @Test func `containerd cleans up after a shim that was killed`() throws {
        // Both runs have the same socket.
        try compareCtr("a killed shim", killedShims: 1) { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            let pid = try #require(try session.task("a")).pid
            let parent = try #require(Files.text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ").dropFirst().first)
            _ = try execute(["kill", "-9", String(parent)])
            _ = try execute([ProbeBinary.path, "host", "await", String(pid), "10000"])
            try session.awaitNothing("a")
            try session.ctr("task", "delete", "a")
            try session.ctr("containers", "delete", "a")
        }
    }
}
