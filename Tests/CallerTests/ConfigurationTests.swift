import JSON
import TestKit
import Testing

/// The configurations that docs/callers.md shows.
enum Documented {
    /// The block of a caller's section that contains `word`, with the path of the tested runtime, and with what is commented out of it put in
    /// force.
    static func block(of section: String, with word: String) throws -> String {
        let lines = Files.text(Repository.path("docs/callers.md")).split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "## \(section)") else { throw Failure("docs/callers.md has no section \(section)") }
        var blocks: [[Substring]] = [[]]
        for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("## ") }) {
            if line.hasPrefix("    ") { blocks[blocks.count - 1].append(line.dropFirst(4)) } else if line != "" { blocks.append([]) }
        }
        guard let block = blocks.map({ $0.joined(separator: "\n") }).first(where: { $0.contains(word) }) else {
            throw Failure("the section \(section) of docs/callers.md has no block with \(word)")
        }
        return block.replacing("/usr/local/bin/swiftrun-vm", with: OCIRuntime.machine.path)
            .replacing("/usr/local/bin/swiftrun", with: OCIRuntime.swiftrun.path)
            .replacing(/# ((default_runtime_name|default_runtime|SystemdCgroup) = )/) { String($0.1) }
    }
}

// Each block as the program itself reads it, or as its format does where there is no such program.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct ConfigurationTests {
    @Test func `containerd has the handler`() throws {
        let file = try Scratch.required().directory + "/config.toml"
        try Files.write(file, try Documented.block(of: "containerd", with: "io.containerd.grpc.v1.cri"))
        let dump = try execute(["containerd", "--config", file, "config", "dump"])
        let cri = try toml(dump.output)["plugins"]?["io.containerd.grpc.v1.cri"]?["containerd"]
        #expect(cri?["default_runtime_name"] == "swiftrun", "\(dump)")
        let handler = cri?["runtimes"]?["swiftrun"]
        #expect(handler?["runtime_type"] == "io.containerd.runc.v2")
        #expect(handler?["options"]?["BinaryName"]?.string == OCIRuntime.swiftrun.path)
        #expect(handler?["options"]?["SystemdCgroup"] == true)

        try Files.write(file, try Documented.block(of: "Virtual machines", with: "io.containerd.grpc.v1.cri"))
        let machines = try toml(try execute(["containerd", "--config", file, "config", "dump"]).output)
        let machine = machines["plugins"]?["io.containerd.grpc.v1.cri"]?["containerd"]?["runtimes"]?["swiftrun-vm"]
        #expect(machine?["options"]?["BinaryName"]?.string == OCIRuntime.machine.path)

        // The same by the names that 2.x has.
        let new = try toml(try Documented.block(of: "containerd", with: "io.containerd.cri.v1.runtime"))
        let old = try toml(try Documented.block(of: "containerd", with: "io.containerd.grpc.v1.cri"))
        #expect(new["version"] == 3 && old["version"] == 2)
        #expect(new["plugins"]?["io.containerd.cri.v1.runtime"] == old["plugins"]?["io.containerd.grpc.v1.cri"])
    }

    @Test func `podman takes the runtime from its configuration`() throws {
        let room = try Room()
        let podman = Sitting(room, .swiftrun, environment: ["CONTAINERS_CONF=/run/containers.conf"]) {
            ["podman"] + Podman.global + ["--cgroup-manager", "cgroupfs"] + $0
        }
        let block = try Documented.block(of: "podman", with: "[engine.runtimes]")
        try Files.write(room.path("/run/containers.conf"), "[containers]\npids_limit = 0\n\(block)\n")
        try podman("info", "--format", "{{.Host.OCIRuntime.Name}}")
        #expect(podman.transcript.lines.contains("swiftrun"), "\(podman.transcript.lines)")
        let imported = try podman.quietly(["import", "--quiet", try BusyboxImage.archive(in: room.scratch), "box"])
        #expect(imported.status == 0, "\(imported)")
        let run = ["run", "--rm", "--network", "none", "box"]
        #expect(try podman.quietly(run + ["echo", "hello"]).output == "hello\n")
        let refused = try podman.quietly(run + ["nosuch"])
        #expect(refused.errors.hasPrefix("Error: swiftrun: exec: \"nosuch\": executable file not found"), "\(refused)")

        // By name as well, where the page has machines.
        try Files.write(room.path("/run/containers.conf"), try Documented.block(of: "Virtual machines", with: "[engine.runtimes]"))
        for runtime in [OCIRuntime.swiftrun, .machine] {
            let info = try podman.quietly(["--runtime", runtime.name, "info", "--format", "{{.Host.OCIRuntime.Path}}"])
            #expect(info.output == runtime.path + "\n", "\(info)")
        }
        #expect(try room.ended(ignoring: ["catatonit -P"]) == [])
        try room.close()
    }

    @Test func `CRI-O has the handler`() throws {
        let runtime = try toml(try Documented.block(of: "CRI-O", with: "[crio.runtime]"))["crio"]?["runtime"]
        #expect(runtime?["default_runtime"] == "swiftrun")
        let handler = runtime?["runtimes"]?["swiftrun"]
        #expect(handler?.keys == ["runtime_path", "runtime_type", "runtime_root"])
        #expect(handler?["runtime_path"]?.string == OCIRuntime.swiftrun.path && handler?["runtime_type"] == "oci")
        let machines = try toml(try Documented.block(of: "Virtual machines", with: "[crio.runtime]"))["crio"]?["runtime"]
        #expect(machines?["drop_infra_ctr"] == false)
        #expect(machines?["runtimes"]?["swiftrun-vm"]?["runtime_path"]?.string == OCIRuntime.machine.path)
    }

    @Test func `docker as its daemon json says, and its report`() throws {
        let block = try Documented.block(of: "docker", with: "runtimes")
        let configuration = block.replacing("{\n", with: "{ \"default-runtime\": \"swiftrun\",\n")
        let docker = try Docker(.swiftrun, configuration: configuration)
        let sitting = docker.sitting(.swiftrun)
        let info = try sitting.quietly(["info", "--format", "{{json .}}"]).json()
        #expect(info["DefaultRuntime"]?.string == "swiftrun")
        #expect(info.at("/Runtimes/swiftrun/path")?.string == OCIRuntime.swiftrun.path)
        let version = try execute([OCIRuntime.swiftrun.path, "--version"]).output.split(whereSeparator: \.isWhitespace).map(String.init)
        let commit = try #require(version.firstIndex(of: "commit:").map { version[$0 + 1] })
        #expect(info.at("/RuncCommit/ID")?.string == commit, "\(info["RuncCommit"] ?? .null)")
        let components = try sitting.quietly(["version", "--format", "{{json .Server.Components}}"]).json().array ?? []
        #expect(components.contains { $0["Name"]?.string == "swiftrun" && $0["Version"]?.string == version[2] }, "\(components)")
        #expect(try sitting.quietly(["create", "--name", "one", "--network", "none", "box", "true"]).status == 0)
        #expect(try sitting.quietly(["inspect", "--format", "{{.HostConfig.Runtime}}", "one"]).output == "swiftrun\n")
        #expect(try sitting.quietly(["start", "--attach", "one"]).status == 0)
        #expect(try sitting.quietly(["rm", "one"]).status == 0)
        try docker.close()
    }

    private func toml(_ text: String) throws -> Value {
        let script = "import json, sys, tomllib; json.dump(tomllib.load(sys.stdin.buffer), sys.stdout, default=str)"
        let file = try Scratch.required().directory + "/toml"
        try Files.write(file, text)
        return try execute(["sh", "-c", "/usr/bin/python3 -c \"$1\" < \"$2\"", "sh", script, file]).json()
    }
}
