import JSON
import TestKit
import Testing

// What people do with a container that runs for long.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct DockerServiceTests {
    @Test func `health checks, top, and a restart`() throws {
        try Docker.compared("a service") { docker in
            try docker(
                "run", "--detach", "--name", "srv", "--network", "none", "--health-cmd", "test -e /tmp/ok", "--health-interval", "1s",
                "--health-retries", "1", "box", "sleep", "1000")
            try docker.wait(for: "unhealthy", "inspect", "--format", "{{.State.Health.Status}}", "srv")
            try docker("exec", "srv", "touch", "/tmp/ok")
            try docker.wait(for: "healthy", "inspect", "--format", "{{.State.Health.Status}}", "srv")
            // By the host's ps, whose list docker sifts by the runtime's.
            try docker("top", "srv", "-o", "pid,comm", status: nil, plain: Self.withoutPids)
            try docker("exec", "--detach", "srv", "sleep", "500")
            try docker("top", "srv", "-o", "pid,args", plain: Self.withoutPids)
            try docker("exec", "--user", "1000:1000", "--workdir", "/tmp", "--env", "A=b", "srv", "sh", "-c", "id; pwd; echo $A")
            try docker("exec", "--workdir", "/nosuch", "srv", "true", status: nil)
            try docker("restart", "--time", "0", "srv")
            try docker("exec", "srv", "ps", "-o", "args")
            try docker("checkpoint", "create", "srv", "saved", status: 1)
            try docker("rm", "--force", "srv")
        }
    }

    private static func withoutPids(_ text: String) -> String { text.replacing(/(?m)^ *\d+ +/, with: "PID ") }

    @Test func `a container that fails is started again as often as was asked`() throws {
        try Docker.compared("a restart policy") { docker in
            try docker(
                "run", "--detach", "--name", "again", "--network", "none", "--restart", "on-failure:2", "box", "sh", "-c",
                "echo again; exit 3")
            try docker.wait(for: "2 exited 3", "inspect", "--format", "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}", "again")
            try docker("logs", "again")
            try docker("rm", "again")
        }
    }

    @Test func `what a container is given`() throws {
        try Docker.compared("options") { docker in
            func run(_ words: String...) throws {
                let options = words.prefix { $0 != "--" }
                try docker.run(["run", "--rm", "--network", "none"] + options + ["box"] + words.dropFirst(options.count + 1))
            }
            try run("--init", "--", "sh", "-c", "readlink /proc/1/exe")
            try run("--read-only", "--tmpfs", "/cache", "--", "sh", "-c", "touch /cache/file; ls /cache; touch /file")
            try run("--pid", "host", "--", "sh", "-c", "[ -d /proc/1 ] && readlink /proc/1/exe")
            try run("--cap-drop", "ALL", "--cap-add", "CHOWN", "--", "grep", "Cap", "/proc/self/status")
            try run("--user", "1000", "--group-add", "1234", "--", "id")
            try run("--sysctl", "net.ipv4.ip_forward=1", "--", "cat", "/proc/sys/net/ipv4/ip_forward")
            try run("--ulimit", "nofile=100:200", "--", "sh", "-c", "ulimit -n; ulimit -Hn")
            try run("--security-opt", "no-new-privileges", "--", "grep", "NoNewPrivs", "/proc/self/status")
            try run("--security-opt", "seccomp=unconfined", "--", "grep", "Seccomp", "/proc/self/status")
            try run("--device", "/dev/full", "--", "stat", "-c", "%F %a", "/dev/full")
            try run("--hostname", "host", "--", "hostname")
            try run("--mount", "type=bind,src=/nosuch,dst=/x", "--", "true")
            try run("--memory", "64m", "--", "true")
        }
    }
}
