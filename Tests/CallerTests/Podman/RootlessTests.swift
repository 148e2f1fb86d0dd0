import TestKit
import Testing

/// podman as an ordinary user, who is known in the room's own /etc alone and has no cgroup to make others in.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root, to become somebody else"), .timeLimit(.minutes(3)))
struct RootlessPodmanTests {
    private static let setup = """
        set -e
        mkdir -p /run/home /run/user/4321
        echo 'tester:x:4321:4321::/run/home:/bin/sh' >> /etc/passwd
        echo 'tester:x:4321:' >> /etc/group
        echo tester:200000:65536 > /etc/subuid
        echo tester:200000:65536 > /etc/subgid
        chown 4321:4321 /run/home /run/user/4321
        chmod 700 /run/user/4321
        cp "$1" /run/image.tar
        mkdir /run/programs
        cp "$2" "$3" /run/programs
        chmod 755 /run/programs/*
        """

    private func session(_ room: Room, _ runtime: OCIRuntime) -> Sitting {
        Sitting(
            room, OCIRuntime(name: runtime.name, path: "/run/programs/\(runtime.name)"),
            environment: ["CONTAINERS_CONF=/run/containers.conf", "HOME=/run/home", "XDG_RUNTIME_DIR=/run/user/4321", "TMPDIR=/var/tmp"]
        ) { words in
            [
                "setpriv", "--reuid", "4321", "--regid", "4321", "--clear-groups", "sh", "-c", "cd; exec \"$@\"", "sh", "podman",
                "--runtime", "/run/programs/\(runtime.name)",
            ] + words
        }
    }

    @Test func `an ordinary user's containers need no cgroup`() throws {
        let room = try Room()
        try Files.write(room.path("/run/containers.conf"), Podman.configuration)
        let ready = try room.execute(
            ["sh", "-c", Self.setup, "sh", try BusyboxImage.archive(in: room.scratch), OCIRuntime.swiftrun.path, OCIRuntime.runc.path])
        try #require(ready.status == 0, "\(ready)")
        let imported = try session(room, .swiftrun).quietly(["import", "--quiet", "/run/image.tar", "box"])
        try #require(imported.status == 0, "\(imported)")
        try compare("podman", "an ordinary user") { runtime in
            let podman = session(room, runtime)
            try podman("run", "--rm", "--network", "none", "box", "sh", "-c", "id; cat /proc/self/uid_map")
            try podman("run", "--rm", "--network", "none", "box", "nosuch", status: 127)
            try podman("run", "--rm", "--network", "none", "--user", "1000", "box", "id")
            try podman("run", "--rm", "--network", "none", "--userns", "keep-id", "box", "id")
            try podman("run", "--detach", "--name", "c", "--network", "none", "box", "sleep", "1000")
            try podman("exec", "c", "sh", "-c", "exit 9", status: 9)
            try podman("exec", "c", "nosuch", status: 127)
            try podman("top", "c", "comm")
            try podman("kill", "c")
            try podman("wait", "c")
            try podman("rm", "c")
            #expect(try room.ended(ignoring: ["catatonit"]) == [])
            return podman.transcript
        }
        try room.close()
    }
}
