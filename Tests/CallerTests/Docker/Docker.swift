import TestKit
import Testing

/// dockerd with its own containerd, in a room of its own, with runc and another runtime and an image called `box`.
final class Docker {
    /// Whether containers have a network but the loopback's.
    enum Network { case none, bridge }

    let room: Room
    private let daemon: Program
    private let log: Descriptor
    static let socket = "unix:///run/docker-test/socket"
    private static let root = "/run/docker-test/exec"

    /// The runtime is told by `configuration`, a daemon.json, or by an option.
    init(_ runtime: OCIRuntime, _ network: Network = .none, configuration: String? = nil) throws {
        room = try Room()
        try Machines.prepare(room)
        try Files.makeDirectory(room.path("/run/docker-test"))
        let waiting = try Descriptor.pipe()
        let words = [
            "dockerd", "--data-root", "/var/lib/docker", "--exec-root", Self.root, "--pidfile", "/run/docker-test/pid", "--host",
            Self.socket, "--storage-driver", "vfs", "--exec-opt", "native.cgroupdriver=cgroupfs",
        ]
        try Files.write(room.path("/run/docker-test/daemon.json"), configuration ?? "{}")
        let options = configuration == nil ? ["--add-runtime", "\(runtime.name)=\(runtime.path)"] : []
        let network = network == .bridge ? [] : ["--bridge", "none", "--iptables=false", "--ip6tables=false"]
        let file = ["--config-file", "/run/docker-test/daemon.json"]
        daemon = try room.start(words + network + file + options, descriptors: [nil, nil, waiting.write])
        waiting.write.close()
        _ = try Stream(waiting.read).wait(for: "API listen on")
        log = waiting.read
        try forgetFirstContainerds()
        let imported = try sitting(.runc).quietly(["import", try BusyboxImage.archive(in: room.scratch), "box"])
        guard imported.status == 0 else { throw Failure("docker import: \(imported)") }
    }

    /// A dockerd that meets its containerd between bind(2) and listen(2) has it write its stacks down, and starts another.
    private func forgetFirstContainerds() throws {
        let directory = room.scratch.directory + "/tmp"
        for file in Files.entries(directory) where file.wholeMatch(of: /containerd\.\d+\.stacks\.log/) != nil {
            try Files.remove("\(directory)/\(file)")
        }
    }

    /// Whether iptables can be set in a network namespace of this machine, as docker's bridges need it.
    static let hasBridges: Bool = {
        let outcome = try? execute(["unshare", "--net", "iptables", "--table", "nat", "--list"])
        return outcome?.status == 0
    }()

    /// Debian's docker; words after `run` get the runtime.
    func sitting(_ runtime: OCIRuntime) -> Sitting {
        // The client's own complaint depends on which of two answers reaches it first.
        Sitting(room, runtime, plain: { $0.replacing(#/time= level=error msg="error waiting for container: .*"/#, with: "") }) { words in
            let isRun = words.first == "run"
            return ["/usr/bin/docker", "--host", Self.socket] + words.prefix(1) + (isRun ? ["--runtime", runtime.name] : [])
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

    /// A scenario with runc and with `runtime`, which leaves no container.
    static func compared(
        _ scenario: String, _ network: Network = .none, with runtime: OCIRuntime = .swiftrun, configuration: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation, _ play: (Sitting) throws -> Void
    ) throws {
        let docker = try Docker(runtime, network, configuration: configuration)
        try compare("docker", scenario, with: runtime, sourceLocation: sourceLocation) { runtime in
            let sitting = docker.sitting(runtime)
            try play(sitting)
            let state = docker.room.path("\(root)/runtime-\(runtime.name)/moby")
            sitting.observe("state left", Files.entries(state).joined(separator: " "))
            sitting.observe("cgroups left", docker.room.cgroups.filter { $0 != "/docker" }.joined(separator: " "))
            return sitting.transcript
        }
        try docker.close()
    }
}
