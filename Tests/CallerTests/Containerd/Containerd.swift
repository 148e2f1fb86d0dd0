import Glibc
import JSON
import TestKit

/// A containerd of the test's own: its directories are in the test's scratch, its mounts, its /run and its network in namespaces that end
/// with it.
final class Containerd {
    let scratch: Scratch
    let directory: String
    let logPath: String
    private let daemon: Program

    /// With the CRI plugin where `handlers` are given, which are called as the runtimes. Where `machines` is given, machines are those of
    /// the tests, and the handler `vm` has that runtime.
    init(_ view: CgroupView = .host, handlers runtimes: [OCIRuntime] = [], machines: String? = nil) throws {
        scratch = try Scratch.required()
        directory = scratch.directory + "/" + scratch.unique("containerd")
        logPath = directory + "/log"
        try Files.makeDirectory(directory + "/cni")
        try Files.write(directory + "/config.toml", Self.config(directory, runtimes, machines))
        try Files.write(directory + "/cni/10-test.conflist", Self.network)
        try Files.write(logPath, "")
        let output = try Descriptor.open(logPath, O_WRONLY | O_APPEND)
        // The sockets of shims and the fifos of ctr have their place below /run.
        let start = "mount -t tmpfs -o mode=755 tmpfs /run && busybox ip link set lo up && exec containerd -c \(directory)/config.toml"
        let mounts = view == .pure ? "view" : "mounts"
        daemon = try Program(
            Program.Request(
                ["unshare", "--net", ProbeBinary.path, "host", mounts]
                    + (machines == nil ? [] : [Repository.path(".ci/with-guest")]) + ["sh", "-c", start],
                environment: scratch.environment, directory: directory, descriptors: [nil, output, output]))
        // ctr waits for the socket, though not until somebody listens.
        let deadline = Deadline.usual
        while case let answer = try ctr("version"), answer.status != 0 {
            guard !deadline.hasPassed else { throw Failure("containerd: \(answer), \(log)") }
        }
    }

    /// A socket's path is short, and so is the name of its file.
    var socket: String { directory + "/s" }

    /// `words` in the namespaces of containerd.
    func inside(_ words: [String]) -> [String] {
        ["nsenter", "--target", String(daemon.pid), "--mount", "--net", "--"] + words
    }

    /// The words of a call of ctr in the containerd namespace that is named as the scratch, so that its cgroups are.
    func ctrCommand(_ words: [String], namespace: String? = nil) -> [String] {
        inside(["ctr", "--address", socket, "--namespace", namespace ?? scratch.name] + words)
    }

    func ctr(_ words: String..., input: Input = .null, namespace: String? = nil) throws -> Outcome {
        try ctr(words, input: input, namespace: namespace)
    }

    func ctr(_ words: [String], input: Input = .null, namespace: String? = nil) throws -> Outcome {
        try execute(
            ctrCommand(words, namespace: namespace), input: input, environment: scratch.environment, directory: directory,
            deadline: Deadline(after: 120))
    }

    func importImages(namespace: String? = nil) throws {
        for image in [Image.box, Image.pause] {
            let outcome = try ctr("images", "import", try image.archive, namespace: namespace)
            guard outcome.status == 0 else { throw Failure("import: \(outcome)") }
        }
    }

    var log: String { Files.text(logPath) }

    /// Warnings and errors of the log, without those that come with every container or plugin of containerd 1.6, whatever the runtime.
    var complaints: [String] {
        // `shim delete` takes the end of its own child for 255 where another of its threads has reaped it.
        let usual = [
            "snapshotter", "copy shim log", "cleaning up after shim disconnected", "did not terminate successfully: exit status 255: \\\"",
        ]
        return log.split(separator: "\n").map(String.init).filter { line in
            (line.contains("level=error") || line.contains("level=warning") || line.contains("level=fatal"))
                && !usual.contains { line.contains($0) } && !(line.contains("cleanup warnings") && !line.contains("did not"))
        }
    }

    /// Ends containerd. Its shims end with their containers; a container that is left is found by the scratch. A shim that was killed
    /// leaves its socket behind.
    func stop(killedShims: Int = 0) throws {
        let left = try sockets()
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        guard left.count == killedShims else { throw Failure("left of shims: \(left)") }
        for cgroup in cgroups(named: scratch.name) { unsafe rmdir(cgroup) }
    }

    /// Waits for the shims, which end after their last container is deleted, and tells what they leave at /run/containerd/s.
    private func sockets() throws -> [String] {
        for line in scratch.leftovers() where line.contains("containerd-shim") {
            guard let pid = line.split(separator: " ").dropFirst().first else { continue }
            _ = try execute([ProbeBinary.path, "host", "await", String(pid), "10000"])
        }
        return try execute(inside(["sh", "-c", "ls /run/containerd/s 2>/dev/null; true"])).output.split(separator: "\n").map(String.init)
    }
}

// The configuration: version 2, which 1.6 and 1.7 have.
extension Containerd {
    private static func config(_ directory: String, _ runtimes: [OCIRuntime], _ machines: String?) -> String {
        """
        version = 2
        root = "\(directory)/root"
        state = "\(directory)/state"
        \(runtimes.isEmpty ? "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]" : "")
        [grpc]
          address = "\(directory)/s"
        \(runtimes.isEmpty ? "" : cri(directory, runtimes.map { ($0.name, $0.path) } + (machines.map { [("vm", $0)] } ?? [])))
        """
    }

    // Neither the controllers of the machine nor a lower score for the OOM killer are to be had everywhere.
    private static func cri(_ directory: String, _ handlers: [(name: String, path: String)]) -> String {
        """
        [plugins."io.containerd.grpc.v1.cri"]
          disable_cgroup = true
          restrict_oom_score_adj = true
          sandbox_image = "\(Image.pause.name)"
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/usr/lib/cni"
            conf_dir = "\(directory)/cni"

        """
            + handlers.map { runtime in
                """
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.\(runtime.name)]
                  runtime_type = "io.containerd.runc.v2"
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.\(runtime.name).options]
                    BinaryName = "\(runtime.path)"

                """
            }.joined()
    }

    private static let network = """
        {"cniVersion": "0.4.0", "name": "test", "plugins": [{"type": "bridge", "bridge": "test0", "isGateway": true, "ipam":
         {"type": "host-local", "ranges": [[{"subnet": "10.77.0.0/24"}]], "dataDir": "/run/test-addresses"}}]}
        """
}
