import TestKit
import Testing

// What people do with a container that runs for long.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct PodmanServiceTests {
    @Test func `health checks, top and exec`() throws {
        try Podman.compared("a service") { podman in
            // Without systemd nobody but the user asks for the container's health.
            try podman(
                "run", "--detach", "--name", "c", "--network", "none", "--health-cmd", "test -e /tmp/ok", "--health-interval", "disable",
                "box", "sleep", "1000")
            try podman("healthcheck", "run", "c", status: 1)
            try podman("exec", "c", "touch", "/tmp/ok")
            try podman("healthcheck", "run", "c")
            try podman("inspect", "--format", "{{.State.Health.Status}}", "c")
            try podman("exec", "--detach", "c", "sleep", "500")
            try podman("top", "c", "comm", "state")
            // By the host's ps, whose list podman sifts by the runtime's.
            try podman("top", "c", "-o", "comm")
            for user in ["nobody", "1000:1000", "user"] {
                try podman("exec", "--user", user, "c", "id", status: user == "nobody" ? 255 : 0)
            }
            try podman("exec", "--workdir", "/tmp", "--env", "A=b", "c", "sh", "-c", "pwd; echo $A")
            try podman("exec", "--privileged", "c", "grep", "CapEff", "/proc/self/status")
            let failed = try podman.quietly(["exec", "--workdir", "/nosuch", "c", "true"])
            podman.observe("--workdir", "\(failed.status): \(failed.errors.split(separator: "\n").last ?? "")")
            try podman("checkpoint", "c", status: 125)
            try podman("restart", "--time", "0", "c")
            try podman("wait", "--condition", "running", "c")
            try podman("rm", "--force", "--time", "0", "c")
            try podman("create", "--name", "c", "--network", "none", "box", "nosuch")
            try podman("start", "c", status: 125)
            try podman("rm", "c")
        }
    }

    @Test func `a service tells podman's own manager that it is ready`() throws {
        try Podman.compared("readiness") { podman in try podman.tellReadiness() }
    }

    @Test(.enabled(if: !Host.hasController("memory"), "needs a host whose cgroup v2 lacks controllers"))
    func `a limit whose controller is missing is refused by name`() throws {
        try Podman.compared("a limit whose controller is missing") { podman in
            for limit in ["--memory=64m", "--pids-limit=100", "--cpus=1", "--cpuset-cpus=0", "--cpu-shares=512", "--blkio-weight=100"] {
                let refused = try podman.quietly(["run", "--rm", "--network", "none", limit, "box", "true"])
                podman.observe(limit, "\(refused.status): \(refused.errors.split(separator: "\n").last ?? "")")
            }
        }
    }
}

extension Sitting {
    /// Containers below a service manager, which tell it that they are ready, or for which conmon does.
    func tellReadiness() throws {
        for (mode, count) in [("container", 2), ("conmon", 1)] {
            let words = ["run", "--detach", "--sdnotify", mode, "--name", "c", "--network", "none", "box"]
            let told = try manager(
                "\(room.scratch.directory)/manager", count, words + ["probe", "notify", "READY=1", "--", "wait"])
            #expect(told.status == 0, "\(told)")
            observe(mode, told.output.split(separator: "\n").last.map(String.init) ?? "")
            try self("rm", "--force", "--time", "0", "c")
        }
    }

    /// One command below a service manager, which waits for `count` messages and tells their names last.
    private func manager(_ socket: String, _ count: Int, _ words: [String]) throws -> Outcome {
        try room.execute(
            ["/usr/bin/python3", Repository.path("Tests/Callers/manager.py"), socket, String(count)] + command(words),
            environment: environment, deadline: Deadline(after: 60))
    }
}
