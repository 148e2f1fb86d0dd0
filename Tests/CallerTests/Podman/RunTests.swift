import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct PodmanTests {
    @Test func `run tells the program's output and exit code, and why it could not be run`() throws {
        try Podman.compared("run") { podman in
            try podman("run", "--rm", "--network", "none", "box", "echo", "hello")
            try podman("run", "--rm", "--network", "none", "box", "sh", "-c", "echo out; echo err >&2; exit 7", status: 7)
            try podman("run", "--rm", "--network", "none", "-i", "box", "cat", input: .text("through a pipe\n"))
            try podman("run", "--rm", "--network", "none", "box", "nosuch", status: 127)
            try podman("run", "--rm", "--network", "none", "box", "/nosuch", status: 127)
            try podman("run", "--rm", "--network", "none", "box", "/etc", status: 126)
            try podman("run", "--rm", "--network", "none", "box", "/etc/passwd", status: 126)
            // In $PATH, and no programs.
            for name in ["plain", "directory"] { try podman("run", "--rm", "--network", "none", "box", name, status: 127) }
            try podman("run", "--rm", "--network", "none", "--no-such-option", "box", "true", status: 125)
            try podman("run", "--rm", "--network", "none", "--volume", "/nosuch:/x", "box", "true", status: 125)
            try podman("run", "--rm", "--network", "none", "--workdir", "/no/such", "box", "pwd", status: 126)
            try podman("run", "--rm", "--network", "none", "--user", "nobody", "box", "id", status: 126)
        }
    }

    @Test func `a container's life is told as with runc`() throws {
        try Podman.compared("a container's life") { podman in
            try podman("run", "--detach", "--name", "c", "--network", "none", "--init", "box", "sleep", "1000")
            try podman("exec", "c", "ps", "-o", "args")
            try podman("exec", "c", "sh", "-c", "exit 9", status: 9)
            try podman("exec", "c", "nosuch", status: 127)
            try podman("exec", "c", "/etc", status: 126)
            try podman("exec", "c", "plain", status: 127)
            try podman("exec", "-i", "c", "cat", input: .text("through a pipe\n"))
            try podman("top", "c", "comm")
            try podman("pause", "c")
            try podman("exec", "c", "true", status: 255)
            try podman("unpause", "c")
            try podman("stop", "--time", "0", "c")
            try podman("inspect", "--format", "{{.State.Status}} {{.State.OOMKilled}}", "c")
            try podman("start", "c")
            try podman("kill", "c")
            try podman("wait", "c")
            try podman("kill", "c", status: 125)
            try podman("logs", "c")
            try podman("rm", "c")
        }
    }

    @Test func `a terminal is the container's`() throws {
        try Podman.compared("a terminal") { podman in
            try podman.terminal(
                "run", "--rm", "--network", "none", "-it", "box", "sh", "-c", "tty; stty size; read word; echo got $word; exit 3", status: 3
            ) { terminal in
                _ = try terminal.output.wait(for: "33 101")
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
        }
    }
}
