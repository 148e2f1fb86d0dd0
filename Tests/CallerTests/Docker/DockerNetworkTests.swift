import TestKit
import Testing

// docker puts the interfaces into the container's network namespace while `create` runs its prestart hook.
@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Docker.hasBridges, "needs root, and iptables in a network namespace"),
    .timeLimit(.minutes(3)))
struct DockerNetworkTests {
    @Test func `a container on a bridge has its network when its program begins`() throws {
        try Docker.compared("a bridge", .bridge) { docker in
            try docker("run", "--rm", "box", "sh", "-c", "ip -4 address show eth0 | grep inet; ip route")
            try docker("run", "--rm", "--network", "none", "box", "ls", "/sys/class/net")
            try docker("run", "--rm", "--network", "host", "box", "ls", "/sys/class/net/docker0/brif")
        }
    }

    @Test func `containers find each other, and the host finds them`() throws {
        try Docker.compared("a network", .bridge) { docker in
            try docker("network", "create", "net")
            try docker(
                "run", "--detach", "--name", "srv", "--network", "net", "--publish", "127.0.0.1:8080:80", "box", "nc", "-ll", "-p", "80",
                "-e", "echo", "answer")
            try docker.wait(for: "answer", "exec", "srv", "nc", "127.0.0.1", "80")
            try docker("run", "--rm", "--network", "net", "box", "nc", "srv", "80")
            docker.observe("published", try docker.room.execute(["busybox", "nc", "127.0.0.1", "8080"]).output)
            try docker("run", "--detach", "--name", "with", "--network", "container:srv", "box", "sleep", "1000")
            try docker("exec", "with", "nc", "127.0.0.1", "80")
            try docker("rm", "--force", "srv", "with")
            try docker("network", "rm", "net")
        }
    }
}
