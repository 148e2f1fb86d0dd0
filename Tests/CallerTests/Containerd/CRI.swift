import Glibc
import JSON
import TestKit

/// A kubelet's view of containerd: calls of the CRI through Tests/Callers/cri.py.
final class CRI {
    private let client: Program
    private let calls: Descriptor
    private let answers: Stream

    init(_ containerd: Containerd) throws {
        let (calls, answers) = (try Descriptor.pipe(), try Descriptor.pipe())
        client = try Program(
            Program.Request(
                ["/usr/bin/python3", Repository.path("Tests/Callers/cri.py"), containerd.socket],
                environment: containerd.scratch.environment,
                directory: containerd.directory, descriptors: [calls.read, answers.write]))
        calls.read.close()
        answers.write.close()
        (self.calls, self.answers) = (calls.write, Stream(answers.read))
        let deadline = Deadline.usual
        while try call("Version")["code"] != nil {
            guard !deadline.hasPassed else { throw Failure("waited for the CRI of containerd: \(try call("Version"))") }
        }
    }

    deinit { calls.close() }

    /// The whole answer: `{"response": ...}`, or `{"code": ..., "details": ...}`.
    func call(_ method: String, _ request: Value = [:]) throws -> Value {
        let line = Array((["method": .string(method), "request": request] as Value).text(.compact).utf8) + [10]
        guard unsafe write(calls.raw, line, line.count) == line.count else { throw Failure("\(method): the client has ended") }
        return try answers.value(Deadline(after: 90))
    }

    /// The response of a call that has to succeed.
    @discardableResult
    func response(_ method: String, _ request: Value = [:]) throws -> Value {
        let answer = try call(method, request)
        guard let response = answer["response"] else { throw Failure("\(method): \(answer.text(.compact))") }
        return response
    }
}

/// A pod with its containers, as a kubelet asks for it.
final class Pod {
    enum Network: Int { case own = 0, host = 2 }
    /// Whether the containers see each other's processes; a kubelet asks for it only where the pod does.
    enum Processes: Int { case shared = 0, apart = 1 }

    let cri: CRI
    let id: String
    private let config: Value
    private let namespaces: Value
    private var count = 0

    /// `handler` is what a RuntimeClass names.
    init(_ cri: CRI, handler: String, _ network: Network, _ processes: Processes = .apart) throws {
        self.cri = cri
        namespaces = ["network": Value(network.rawValue), "pid": Value(processes.rawValue)]
        var config: Value = [
            "metadata": ["name": "pod", "uid": "uid", "namespace": "default"],
            "linux": ["security_context": ["namespace_options": namespaces]],
        ]
        if network == .own { config.set("/hostname", "pod") }
        self.config = config
        let answer = try cri.response("RunPodSandbox", ["config": config, "runtime_handler": .string(handler)])
        id = answer["pod_sandbox_id"]?.string ?? ""
    }

    /// CreateContainer. `change` is made to the usual request for a container of the image `box`.
    func create(_ command: [String], _ change: (inout Value) -> Void = { _ in }) throws -> String {
        count += 1
        var container: Value = [
            "metadata": ["name": .string("container\(count)")], "image": ["image": .string(Image.box.name)], "command": Value(command),
            "linux": ["security_context": ["namespace_options": namespaces]],
        ]
        change(&container)
        let answer = try cri.response(
            "CreateContainer", ["pod_sandbox_id": .string(id), "config": container, "sandbox_config": config])
        return answer["container_id"]?.string ?? ""
    }

    /// CreateContainer and StartContainer.
    func start(_ command: String..., change: (inout Value) -> Void = { _ in }) throws -> String {
        let container = try create(command, change)
        try cri.response("StartContainer", ["container_id": .string(container)])
        return container
    }

    /// ExecSync: its whole answer.
    func exec(_ container: String, _ command: String..., seconds: Int = 0) throws -> Value {
        try cri.call("ExecSync", ["container_id": .string(container), "cmd": Value(command), "timeout": Value(seconds)])
    }

    func status() throws -> Value {
        try cri.response("PodSandboxStatus", ["pod_sandbox_id": .string(id)])["status"] ?? .null
    }

    func remove() throws {
        try cri.response("StopPodSandbox", ["pod_sandbox_id": .string(id)])
        try cri.response("RemovePodSandbox", ["pod_sandbox_id": .string(id)])
    }
}
