import TestKit
import Testing

/// dockerd with its own containerd, in a room of its own, with both runtimes and an image called `box`.
final class Docker {
    let room: Room
    private let daemon: Program
    static let socket = "unix:///run/docker-test/socket"

    init() throws {
        room = try Room()
        try Files.makeDirectory(room.path("/run/docker-test"))
        let waiting = try Descriptor.pipe()
        daemon = try room.start(
            [
                "dockerd", "--data-root", "/var/lib/docker", "--exec-root", "/run/docker-test/exec", "--pidfile", "/run/docker-test/pid",
                "--host",
                Self.socket, "--bridge", "none", "--iptables=false", "--ip6tables=false", "--storage-driver", "vfs",
                "--exec-opt", "native.cgroupdriver=cgroupfs", "--add-runtime", "swiftrun=\(OCIRuntime.swiftrun.path)",
            ], descriptors: [nil, nil, waiting.write])
        waiting.write.close()
        _ = try Stream(waiting.read).wait(for: "API listen on")
        log = waiting.read
        let imported = try session(.swiftrun).quietly(["import", try BusyboxImage.archive(in: room.scratch), "box"])
        guard imported.status == 0 else { throw Failure("docker import: \(imported)") }
    }

    private let log: Descriptor

    func session(_ runtime: OCIRuntime) -> Sitting {
        Sitting(room, runtime) { words in
            ["docker", "--host", Self.socket] + words.prefix(1)
                + (words.first == "run" ? ["--runtime", runtime.name, "--network", "none"] : [])
                + words.dropFirst()
        }
    }

    /// Ends the daemon, which ends its containerd.
    func close() throws {
        daemon.send(15)
        _ = try daemon.wait(Deadline(after: 30))
        log.close()
        #expect(try room.ended() == [])
        try room.close()
    }

    static func sameAsRunc(_ scenario: (Sitting) throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let docker = try Docker()
        var sessions: [Sitting] = []
        for runtime in [OCIRuntime.swiftrun, .runc] {
            let session = docker.session(runtime)
            try scenario(session)
            let root = docker.room.path("/run/docker-test/exec/runtime-\(runtime.name)/moby")
            session.observe("state left", Files.entries(root).joined(separator: " "))
            session.observe("cgroups left", docker.room.cgroups.filter { $0 != "/docker" }.joined(separator: " "))
            sessions.append(session)
        }
        compare(sessions[0], sessions[1], caller: "docker", sourceLocation: sourceLocation)
        try docker.close()
    }
}

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct DockerTests {
    @Test func `what a user sees of docker is as with runc`() throws {
        try Docker.sameAsRunc { docker in
            try docker("run", "--rm", "box", "echo", "hello")
            try docker("run", "--rm", "box", "sh", "-c", "echo out; echo err >&2; exit 7", status: 7)
            try docker("run", "--rm", "box", "nosuch", status: 127)
            try docker("run", "--rm", "box", "/nosuch", status: 127)
            try docker("run", "--rm", "box", "/etc", status: 126)
            try docker("run", "--rm", "box", "/etc/passwd", status: 126)
            try docker("run", "--rm", "--cpus", "1", "box", "true", status: 125)
            try docker("run", "--rm", "--workdir", "/no/such", "box", "pwd")
            try docker("run", "--detach", "--name", "first", "box", "sleep", "1000")
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
        try Docker.sameAsRunc { docker in
            try docker.terminal("run", "--rm", "-it", "box", "sh", "-c", "tty; read word; echo got $word; exit 3", status: 3) { terminal in
                _ = try terminal.output.wait(for: "/dev/pts/0")
                terminal.send("word\n")
                _ = try terminal.output.wait(for: "got word")
            }
        }
    }
}
