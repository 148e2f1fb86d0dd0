import TestKit
import Testing

/// What the user of podman sees of containers that are virtual machines, beside runc's.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxPodmanTests {
    @Test func `run tells the program's output and exit code, and why it could not be run`() throws {
        try Podman.compared("run in a machine", with: .machine) { podman in
            let volume = podman.room.path("/run/volume")
            try Files.remove(volume)
            try Files.makeDirectory(volume)
            try Files.write(volume + "/file", "of the host\n")
            let script = "cat; cat /file /volume/file; echo x > /file; echo new > /volume/new; ls /sys/class/net; echo err >&2; exit 7"
            try podman(
                "run", "--rm", "-i", "--network", "none", "--volume", "/run/volume:/volume", "--volume", "/run/volume/file:/file:ro", "box",
                "sh", "-c", script, status: 7, input: .text("through a pipe\n"))
            podman.observe("written", Files.text(volume + "/new"))
            try podman("run", "--rm", "--network", "none", "box", "nosuch", status: 127)
            try podman("run", "--rm", "--network", "none", "box", "/etc/passwd", status: 126)
        }
    }

    @Test func `a container's life is told as with runc`() throws {
        try Podman.compared("a machine's life", with: .machine) { podman in
            let script = "echo begun; trap 'echo ended; exit 4' TERM; sleep 1000 & wait"
            try podman("run", "--detach", "--name", "c", "--network", "none", "box", "sh", "-c", script)
            let kernel = try podman.quietly(["exec", "c", "cat", "/proc/sys/kernel/random/boot_id"]).output
            #expect((kernel == Files.text("/proc/sys/kernel/random/boot_id")) == (podman.runtime == .runc), "\(kernel)")
            try podman("exec", "c", "sh", "-c", "echo out; echo err >&2; exit 9", status: 9)
            try podman("exec", "c", "nosuch", status: 127)
            try podman("exec", "c", "/etc", status: 126)
            try podman("exec", "-i", "c", "cat", input: .text("through a pipe\n"))
            try podman.terminal("exec", "-it", "c", "sh", "-c", "tty; read word; echo got $word; exit 3", status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0")
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
            // podman enters the container's mount namespace.
            try podman.quietly(["exec", "c", "mkdir", "-p", "/run/here"])
            try Files.makeDirectory(podman.room.path("/run/here"))
            try podman("cp", "/run/containers.conf", "c:/run/here/copied")
            try podman("exec", "c", "grep", "-c", "engine", "/run/here/copied", status: 0)
            try podman("cp", "c:/bin/plain", "/run/here/back")
            podman.observe("on the host", Files.entries(podman.room.path("/run/here")).sorted().joined(separator: " "))
            try Files.remove(podman.room.path("/run/here"))
            try podman("pause", "c")
            try podman("exec", "c", "true", status: 255)
            try podman("unpause", "c")
            if podman.runtime == .machine {
                // In the guest, whose kernel has all controllers.
                let updated = try podman.quietly(["update", "--memory", "64m", "c"])
                #expect(updated.status == 0, "\(updated)")
                #expect(try podman.quietly(["exec", "c", "cat", "/sys/fs/cgroup/memory.max"]).output == "\(64 << 20)\n")
            }
            try podman("stop", "c")
            try podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}", "c")
            try podman("start", "c")
            try podman.wait(for: "begun\nended\nbegun", "logs", "c")
            try podman("kill", "c")
            try podman("wait", "c")
            try podman("kill", "c", status: 125)
            try podman("logs", "c")
            try podman("rm", "c")
        }
    }

    @Test func `a service tells podman's own manager that it is ready`() throws {
        try Podman.compared("a machine's readiness", with: .machine) { podman in try podman.tellReadiness() }
    }

    @Test func `a terminal is the container's, and has its size`() throws {
        try Podman.compared("a machine's terminal", with: .machine) { podman in
            let script = "tty; until [ \"$(stty size)\" = '40 120' ]; do :; done; read word; echo got $word; exit 3"
            // podman passes SIGWINCH on as well, by a kill that may come after the end.
            let options = ["--rm", "--network", "none", "--sig-proxy=false", "-it"]
            try podman.terminal(["run"] + options + ["box", "sh", "-c", script], status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0", .boot)
                terminal.send("word\n")
                _ = try terminal.resize(rows: 40, columns: 120, until: "got word")
            }
        }
    }

    @Test func `the containers of a pod share one machine`() throws {
        try Podman.compared("a pod in a machine", with: .machine) { podman in
            try podman(
                "pod", "create", "--name", "p", "--network", "none", "--share", "net,ipc,uts,pid", "--share-parent=false", "--infra-image",
                "localhost/box", "--infra-command", "sleep 1000")
            try podman("run", "--detach", "--pod", "p", "--name", "a", "box", "sh", "-c", "sleep 1234 & wait")
            try podman("run", "--detach", "--pod", "p", "--name", "b", "box", "sleep", "1000")
            let look = "cat /proc/sys/kernel/random/boot_id; for name in net ipc uts pid; do readlink /proc/self/ns/$name; done"
            let seen = try ["a", "b"].map { try podman.quietly(["exec", $0, "sh", "-c", look]).output }
            #expect(seen[0] == seen[1] && seen[0].contains("pid:["), "\(podman.runtime.name): \(seen)")
            #expect(seen[0].hasPrefix(Files.text("/proc/sys/kernel/random/boot_id")) == (podman.runtime == .runc), "\(seen)")
            try podman("exec", "b", "sh", "-c", "ps -o args | grep -c '^sleep 1234'")
            try podman("exec", "b", "hostname")
            try podman("pod", "ps", "--format", "{{.Name}} {{.Status}}")
            // What is left in the container when its first process ends is podman's `kill --all`; runc may find the cgroup busy then.
            #expect(try podman.quietly(["rm", "--force", "--time", "0", "a"]).status == 0)
            try podman.wait(for: "0", "exec", "b", "sh", "-c", "ps -o args | grep -c '^sleep 1234'")
            #expect(try podman.quietly(["pod", "stop", "--time", "0", "p"]).status == 0)
            try podman.wait(for: "p Exited", "pod", "ps", "--format", "{{.Name}} {{.Status}}")
            try podman("pod", "start", "p")
            try podman("exec", "b", "hostname")
            // The end of the first process of a pid namespace is that of all: who is killed after it may be gone.
            #expect(try podman.quietly(["pod", "kill", "p"]).status == 0)
            try podman.wait(for: "p Exited", "pod", "ps", "--format", "{{.Name}} {{.Status}}")
            try podman("pod", "rm", "p")
        }
    }

    @Test(.enabled(if: Docker.hasBridges, "needs iptables in a network namespace"))
    func `machines on a bridge reach each other, and the host reaches them`() throws {
        try Podman.compared("a network of machines", with: .machine) { podman in
            let serve = ["nc", "-ll", "-p", "80", "-e", "echo", "answer"]
            try podman.run(["run", "--detach", "--name", "srv", "--ip", "10.88.0.10", "--publish", "127.0.0.1:8080:80", "box"] + serve)
            try podman.wait(for: "answer", "exec", "srv", "nc", "127.0.0.1", "80")
            try podman("exec", "srv", "sh", "-c", "ip -4 address show eth0 | grep -o 'inet [0-9.]*'; ip route")
            try podman("run", "--rm", "--ip", "10.88.0.11", "box", "nc", "10.88.0.10", "80")
            podman.observe("from the host", try podman.room.execute(["busybox", "nc", "10.88.0.10", "80"]).output)
            podman.observe("published", try podman.room.execute(["busybox", "nc", "127.0.0.1", "8080"]).output)
            try podman("rm", "--force", "--time", "0", "srv")
        }
    }
}
