import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct DockerTests {
    @Test func `what a user sees of docker is as with runc`() throws {
        try Docker.compared("run and exec") { docker in
            try docker("run", "--network", "none", "--rm", "box", "echo", "hello")
            try docker("run", "--network", "none", "--rm", "box", "sh", "-c", "echo out; echo err >&2; exit 7", status: 7)
            try docker("run", "--network", "none", "--rm", "box", "nosuch", status: 127)
            try docker("run", "--network", "none", "--rm", "box", "/nosuch", status: 127)
            try docker("run", "--network", "none", "--rm", "box", "/etc", status: 126)
            try docker("run", "--network", "none", "--rm", "box", "/etc/passwd", status: 126)
            try docker("run", "--network", "none", "--rm", "--cpus", "1", "box", "true", status: 125)
            try docker("run", "--network", "none", "--rm", "--workdir", "/no/such", "box", "pwd")
            try docker("run", "--network", "none", "--detach", "--name", "first", "box", "sleep", "1000")
            try docker("exec", "first", "ps", "-o", "args")
            try docker("exec", "first", "sh", "-c", "exit 9", status: 9)
            try docker("exec", "first", "nosuch", status: 126)
            try docker("exec", "first", "/etc", status: 126)
            try docker("exec", "-i", "first", "cat", input: .text("through a pipe\n"))
            try docker("pause", "first")
            try docker("exec", "first", "true", status: 1)
            try docker("unpause", "first")
            try docker("stop", "-t", "0", "first")
            try docker("inspect", "--format", "{{.State.ExitCode}} {{.State.Status}}", "first")
            try docker("start", "first")
            try docker("update", "--restart", "no", "first")
            try docker("kill", "first")
            try docker("wait", "first")
            try docker("kill", "first", status: 1)
            try docker("logs", "first")
            try docker("rm", "first")
        }
    }

    @Test func `a terminal is the container's`() throws {
        try Docker.compared("a terminal") { docker in
            let script = "tty; read word; echo got $word; exit 3"
            try docker.terminal("run", "--network", "none", "--rm", "-it", "box", "sh", "-c", script, status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0")
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
        }
    }
}
