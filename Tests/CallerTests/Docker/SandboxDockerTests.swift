import TestKit
import Testing

/// What the user of docker sees of containers that are virtual machines, beside runc's.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxDockerTests {
    @Test func `what a user sees of docker is as with runc`() throws {
        try Docker.compared("run and exec in a machine", with: .machine) { docker in
            let volume = docker.room.path("/run/volume")
            try Files.remove(volume)
            try Files.makeDirectory(volume)
            let script = "cat; echo new > /volume/new; ls /sys/class/net; echo err >&2; exit 7"
            try docker(
                "run", "--rm", "-i", "--network", "none", "--volume", "/run/volume:/volume", "box", "sh", "-c", script, status: 7,
                input: .text("through a pipe\n"))
            docker.observe("written", Files.text(volume + "/new"))
            try docker("run", "--network", "none", "--rm", "box", "nosuch", status: 127)
            try docker("run", "--network", "none", "--rm", "box", "/etc/passwd", status: 126)
            let types = "tty; read word; echo got $word; exit 3"
            try docker.terminal("run", "--network", "none", "--rm", "-it", "box", "sh", "-c", types, status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0", .boot)
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
            let stops = "echo begun; trap 'echo ended; exit 4' TERM; sleep 1000 & wait"
            try docker("run", "--network", "none", "--detach", "--name", "first", "box", "sh", "-c", stops)
            let kernel = try docker.quietly(["exec", "first", "cat", "/proc/sys/kernel/random/boot_id"]).output
            #expect((kernel == Files.text("/proc/sys/kernel/random/boot_id")) == (docker.runtime == .runc), "\(kernel)")
            try docker("exec", "first", "sh", "-c", "echo out; echo err >&2; exit 9", status: 9)
            try docker("exec", "first", "nosuch", status: 126)
            try docker("exec", "first", "/etc", status: 126)
            try docker("exec", "-i", "first", "cat", input: .text("through a pipe\n"))
            try docker.terminal("exec", "-it", "first", "sh", "-c", types, status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0")
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
            try docker("cp", "/etc/hostname", "first:/tmp/copied")
            try docker("exec", "first", "cat", "/tmp/copied")
            try docker("pause", "first")
            try docker("exec", "first", "true", status: 1)
            try docker("unpause", "first")
            try docker("stop", "first")
            try docker("inspect", "--format", "{{.State.ExitCode}} {{.State.Status}}", "first")
            try docker("restart", "first")
            try docker.wait(for: "begun\nended\nbegun", "logs", "first")
            try docker("kill", "first")
            try docker("wait", "first")
            try docker("kill", "first", status: 1)
            try docker("logs", "first")
            try docker("rm", "first")
        }
    }

    // docker puts the interfaces into the namespace of the supervisor while `create` runs its prestart hook; they are read at `start`.
    @Test(.enabled(if: Docker.hasBridges, "needs iptables in a network namespace"))
    func `machines find each other, and the host finds them`() throws {
        let configuration = try Documented.block(of: "Virtual machines", with: "\"runtimes\"")
        try Docker.compared("a network of machines", .bridge, with: .machine, configuration: configuration) { docker in
            try docker("network", "create", "--subnet", "172.30.0.0/24", "net")
            try docker(
                "run", "--detach", "--name", "srv", "--network", "net", "--publish", "127.0.0.1:8080:80", "box", "nc", "-ll", "-p", "80",
                "-e", "echo", "answer")
            try docker.wait(for: "answer", "exec", "srv", "nc", "127.0.0.1", "80")
            try docker("exec", "srv", "sh", "-c", "ip -4 address show eth0 | grep -o 'inet [0-9.]*'; ip route")
            // By docker's own resolver the name would not be found: it listens on the loopback of the namespace on the host.
            try docker("run", "--rm", "--network", "net", "--add-host", "other:172.30.0.2", "box", "nc", "other", "80")
            docker.observe("published", try docker.room.execute(["busybox", "nc", "127.0.0.1", "8080"]).output)
            // A second machine cannot have the interface of the first, and nothing is left of it.
            let second = try docker.quietly(["run", "--rm", "--network", "container:srv", "box", "nc", "127.0.0.1", "80"])
            let refusal = "the pod's network: network interface eth0 is another sandbox's already"
            #expect(docker.runtime == .runc ? second.output == "answer\n" : second.errors.contains(refusal), "\(second)")
            docker.observe("published still", try docker.room.execute(["busybox", "nc", "127.0.0.1", "8080"]).output)
            try docker("rm", "--force", "srv")
            try docker("network", "rm", "net")
        }
    }
}
