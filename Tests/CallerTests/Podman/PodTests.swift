import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct PodmanPodTests {
    // A cgroup of the pod's own is one in which podman 4.3 with the cgroupfs manager allows no device at all, whatever the runtime.
    @Test func `a pod's containers share its namespaces, and end with it`() throws {
        try Podman.compared("a pod") { podman in
            try podman(
                "pod", "create", "--name", "p", "--network", "none", "--share-parent=false", "--infra-image", "localhost/box",
                "--infra-command", "sleep 1000")
            try podman("run", "--detach", "--pod", "p", "--name", "a", "box", "sleep", "1000")
            try podman("run", "--detach", "--pod", "p", "--name", "b", "box", "sleep", "1000")
            for name in ["net", "ipc", "uts"] {
                let links = try ["a", "b"].map { try podman.quietly(["exec", $0, "readlink", "/proc/self/ns/\(name)"]).output }
                #expect(links[0] == links[1] && links[0].hasPrefix(name), "\(podman.runtime.name): \(links)")
            }
            let processes = try ["a", "b"].map { try podman.quietly(["exec", $0, "readlink", "/proc/self/ns/pid"]).output }
            #expect(processes[0] != processes[1])
            try podman("pod", "top", "p", "comm")
            try podman("pod", "pause", "p")
            try podman("pod", "ps", "--format", "{{.Name}} {{.Status}}")
            try podman("exec", "a", "true", status: 255)
            try podman("pod", "unpause", "p")
            try podman("pod", "stop", "--time", "0", "p")
            try podman("pod", "ps", "--format", "{{.Name}} {{.Status}}")
            try podman("pod", "start", "p")
            try podman("exec", "b", "hostname")
            try podman("pod", "kill", "p")
            try podman("pod", "rm", "p")
        }
    }

    @Test func `a pod in which all see each other's processes`() throws {
        try Podman.compared("a pod with one pid namespace") { podman in
            try podman(
                "pod", "create", "--name", "p", "--network", "none", "--share", "net,ipc,uts,pid", "--share-parent=false", "--infra-image",
                "localhost/box", "--infra-command", "sleep 1000")
            try podman("run", "--detach", "--pod", "p", "--name", "a", "box", "sh", "-c", "sleep 1234 & wait")
            try podman("run", "--detach", "--pod", "p", "--name", "b", "box", "sleep", "1000")
            try podman.wait(for: "1", "exec", "b", "sh", "-c", "ps -o args | grep -c '^sleep 1234'")
            // What is left in the container when its first process ends is podman's `kill --all`; runc may find the cgroup busy then.
            #expect(try podman.quietly(["rm", "--force", "--time", "0", "a"]).status == 0)
            try podman.wait(for: "0", "exec", "b", "sh", "-c", "ps -o args | grep -c '^sleep 1234'")
            try podman("pod", "rm", "--force", "--time", "0", "p")
        }
    }
}
