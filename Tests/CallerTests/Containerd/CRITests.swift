import JSON
import TestKit
import Testing

// Pods, as a kubelet makes them, beside runc. In the pure view: the CRI plugin asks for cpu.shares other than the kernel's own on a host
// that it takes for one with cgroup v1.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct CRITests {
    /// A scenario with a handler for each runtime. Its cgroups are below one that is named as the scratch.
    private func compared(
        _ scenario: String, with runtime: OCIRuntime = .swiftrun, _ play: (CRI, String, Transcript) throws -> Void
    ) throws {
        let containerd = try Containerd(.pure, handlers: [.runc, runtime])
        try containerd.importImages(namespace: "k8s.io")
        let cri = try CRI(containerd)
        try compare("containerd", scenario, with: runtime) { runtime in
            let transcript = Transcript { text in
                text.replacing(runtime.path, with: "RUNTIME").replacing(containerd.directory, with: "DIRECTORY")
                    .replacing(/\b[0-9a-f]{64}\b/, with: "ID").replacing(/\b10\.77\.0\.\d+/, with: "ADDRESS")
            }
            try play(cri, runtime.name, transcript)
            transcript.record(try cri.response("ListContainers").text(.compact))
            transcript.record(try cri.response("ListPodSandbox").text(.compact))
            return transcript
        }
        try containerd.stop()
    }

    @Test func `a pod with a network of its own and two containers`() throws {
        try compared("a pod") { cri, handler, transcript in
            func record(_ answer: Value) { transcript.record(answer.text(.compact)) }
            let pod = try Pod(cri, handler: handler, .own)
            let status = try pod.status()
            record(["ip": status.at("/network/ip") ?? .null, "state": status["state"] ?? .null])
            #expect(status["runtime_handler"] == .string(handler))

            let one = try pod.start("sh", "-c", "echo shared > /dev/shm/file; exec sleep 1000")
            let two = try pod.start("sleep", "1000")
            func link(_ container: String, _ name: String) throws -> String {
                try pod.exec(container, "readlink", "/proc/self/ns/\(name)").at("/response/stdout")?.string ?? "none"
            }
            for name in ["net", "ipc", "uts"] { #expect(try link(one, name) == link(two, name), "\(name)") }
            for name in ["mnt", "pid"] { #expect(try link(one, name) != link(two, name), "\(name)") }
            record(try pod.exec(two, "cat", "/dev/shm/file"))
            record(try pod.exec(two, "hostname"))
            record(try pod.exec(one, "sh", "-c", "ip -4 address show eth0 | grep inet; exit 3"))
            record(try pod.exec(one, "sh", "-c", "ip -4 address show test0; exit 4"))
            record(try pod.exec(one, "nosuch"))
            record(try pod.exec(one, "sleep", "100", seconds: 1))
            try pod.remove()
            for id in [pod.id, one, two] { #expect(cgroups(named: id) == []) }
        }
    }

    @Test func `a pod in the host's network`() throws {
        try compared("a pod in the host's network") { cri, handler, transcript in
            let pod = try Pod(cri, handler: handler, .host)
            transcript.record(try pod.status().at("/network")?.text(.compact) ?? "")
            let container = try pod.start("sleep", "1000")
            transcript.record(try pod.exec(container, "sh", "-c", "ls /sys/class/net; hostname").text(.compact))
            try pod.remove()
        }
    }

    @Test func `a pod whose containers see each other's processes`() throws {
        try compared("a pod with one pid namespace") { cri, handler, transcript in
            let pod = try Pod(cri, handler: handler, .host, .shared)
            let one = try pod.start("sh", "-c", "sleep 1234 & wait")
            let two = try pod.start("sleep", "1000")
            transcript.record(try pod.exec(two, "sh", "-c", "ps -o args | grep -c '[s]leep 1234'; readlink /proc/1/exe").text(.compact))
            // What is left in the container when its first process ends is killed by the shim.
            transcript.record(try cri.call("StopContainer", ["container_id": .string(one), "timeout": 0]).text(.compact))
            transcript.record(try pod.exec(two, "sh", "-c", "ps -o args | grep -c '[s]leep 1234'").text(.compact))
            try pod.remove()
        }
    }

    @Test func `a container's life, its usage and its limits`() throws {
        try compared("a container of a pod") { cri, handler, transcript in
            let pod = try Pod(cri, handler: handler, .host)
            func record(_ method: String, _ request: Value) throws -> Value {
                let answer = try cri.call(method, request)
                transcript.record("$ \(method) \(request["linux"]?.text(.compact) ?? ""): \(answer.text(.compact))")
                return answer
            }
            func status(_ container: String) throws {
                let status = try cri.response("ContainerStatus", ["container_id": .string(container)])["status"] ?? .null
                for name in ["state", "exit_code", "reason", "message"] {
                    transcript.record("\(name) \(status[name]?.text(.compact) ?? "-")")
                }
            }
            let container = try pod.create(["sh", "-c", "trap 'exit 5' TERM; while :; do sleep 1; done"])
            let named: Value = ["container_id": .string(container)]
            try status(container)
            _ = try record("StartContainer", named)
            try status(container)
            let stats = try cri.response("ContainerStats", named)
            #expect(stats.at("/stats/attributes/id") == .string(container))
            #expect(stats.at("/stats/cpu/timestamp") != nil && stats.at("/stats/memory/timestamp") != nil)
            for limits: Value in [["cpu_shares": 1024], ["cpu_shares": 2048], ["memory_limit_in_bytes": 100_000_000], ["oom_score_adj": 5]]
            {
                _ = try record("UpdateContainerResources", ["container_id": .string(container), "linux": limits])
            }
            _ = try record("StopContainer", ["container_id": .string(container), "timeout": 20])
            try status(container)
            _ = try record("RemoveContainer", named)

            let faulty: Value = ["container_id": .string(try pod.create(["nosuch"]))]
            _ = try record("StartContainer", faulty)
            try status(faulty["container_id"]?.string ?? "")
            _ = try record("StopContainer", faulty)
            _ = try record("RemoveContainer", faulty)

            let ended = try pod.start("sh", "-c", "kill -9 $$")
            while try cri.response("ContainerStatus", ["container_id": .string(ended)]).at("/status/state") != 2 {}
            try status(ended)
            try pod.remove()
        }
    }
}
