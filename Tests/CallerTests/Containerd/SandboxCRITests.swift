import JSON
import TestKit
import Testing

/// Pods whose handler's BinaryName is swiftrun-vm: each is a virtual machine.
@Suite(.machineUnchanged, .enabled(if: Machines.canBoot, Machines.missing), .timeLimit(.minutes(5)))
struct SandboxCRITests {
    private func start() throws -> Containerd {
        let containerd = try Containerd(.pure, handlers: [.runc], machines: OCIRuntime.machine.path)
        try containerd.importImages(namespace: "k8s.io")
        return containerd
    }

    @Test func `a pod is a machine, with its network and its containers' codes`() throws {
        let containerd = try start()
        let cri = try CRI(containerd)
        let pod = try Pod(cri, handler: "vm", .own)
        let address = try #require(try pod.status().at("/network/ip")?.string)

        let one = try pod.start("sh", "-c", "echo shared > /dev/shm/file; exec sleep 1000")
        let two = try pod.start("sh", "-c", "echo said; sleep 1000 & wait")
        func output(_ container: String, _ words: String...) throws -> String {
            let answer = try cri.call("ExecSync", ["container_id": .string(container), "cmd": Value(words), "timeout": 30])
            return answer.at("/response/stdout")?.string ?? answer.text(.compact)
        }
        // Another kernel than the host's, and the same for both.
        let boot = try output(one, "cat", "/proc/sys/kernel/random/boot_id")
        #expect(boot != Files.text("/proc/sys/kernel/random/boot_id"))
        #expect(try output(two, "cat", "/proc/sys/kernel/random/boot_id") == boot)
        #expect(try output(two, "cat", "/dev/shm/file") == "shared\n")
        #expect(try output(two, "hostname") == "pod\n")
        #expect(try output(one, "sh", "-c", "ip -4 address show eth0 | grep -o 'inet [0-9.]*'") == "inet \(address)\n")
        // The bridge's own address, on the host's side.
        #expect(try output(one, "sh", "-c", "ping -c 1 -W 20 10.77.0.1 > /dev/null; echo $?") == "0\n")
        #expect(try pod.exec(one, "sh", "-c", "exit 3").at("/response/exit_code") == 3)
        #expect(try pod.exec(one, "nosuch").text(.compact).contains("executable file not found in $PATH"))

        try cri.response("StopContainer", ["container_id": .string(one), "timeout": 0])
        let status = try cri.response("ContainerStatus", ["container_id": .string(one)])["status"]
        #expect(status?["exit_code"] == 137)
        #expect(try pod.exec(two, "true").at("/response/exit_code") ?? 0 == 0)
        try pod.remove()
        for id in [pod.id, one, two] { #expect(cgroups(named: id) == []) }
        try containerd.stop()
    }

    @Test func `a pod whose containers see each other's processes`() throws {
        let containerd = try start()
        let cri = try CRI(containerd)
        let pod = try Pod(cri, handler: "vm", .own, .shared)
        let one = try pod.start("sh", "-c", "sleep 1234 & wait")
        let two = try pod.start("sleep", "1000")
        let deadline = Deadline.usual
        while try pod.exec(two, "sh", "-c", "ps -o args | grep '^sleep 1234'").at("/response/exit_code") ?? 0 != 0 {
            guard !deadline.hasPassed else { throw Failure("waited for the other's process") }
        }
        try cri.response("StopContainer", ["container_id": .string(one), "timeout": 0])
        #expect(try pod.exec(two, "sh", "-c", "ps -o args | grep '^sleep 1234'").at("/response/exit_code") == 1)
        try pod.remove()
        for id in [pod.id, one, two] { #expect(cgroups(named: id) == []) }
        try containerd.stop()
    }
}
