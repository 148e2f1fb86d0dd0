import GuestPlan
import JSON
import Spec
import TestKit
import Testing

/// What engines' configurations come to in a virtual machine.
@Suite struct GuestPlanTests {
    static func facts(_ config: Config) -> GuestFacts {
        var facts = GuestFacts()
        facts.bundle = "/bundle"
        facts.rootfs = "/bundle/rootfs"
        for source in GuestPlan.sources(of: config, bundle: "/bundle") { facts.sources[source.path] = .directory }
        return facts
    }

    static func document(_ path: String) throws -> Value {
        try parse(#require(Files.read(Repository.path("spec-fixtures/\(path).json"))))
    }

    static func plan(
        _ document: Value, _ placement: Placement = .boots, _ change: (inout GuestFacts) -> Void = { _ in }
    ) throws -> GuestPlan {
        let config = try Config(json: document)
        var facts = facts(config)
        change(&facts)
        return try GuestPlan(document, config, id: "box", placement, facts)
    }

    private static func error(_ body: @autoclosure () throws -> GuestPlan) -> String? {
        #expect(throws: GuestPlanError.self, performing: { _ = try body() })?.description
    }

    private static func with(_ path: [String], _ text: String, to document: Value) throws -> Value {
        func put(_ value: Value, _ path: ArraySlice<String>) throws -> Value {
            guard let key = path.first else { return try parse(Array(text.utf8)) }
            var members: [Value.Member] = []
            if case .object(let existing) = value { members = existing }
            members.removeAll { $0.key == key }
            members.append(.init(key, try put(value[key] ?? .object([]), path.dropFirst())))
            return .object(members)
        }
        return try put(document, path[...])
    }

    @Test(arguments: [
        "ctr-plain", "ctr-tty", "ctr-read-only", "ctr-memory", "ctr-seccomp", "ctr-userns", "ctr-device", "ctr-volumes", "podman-plain",
        "podman-tty", "podman-user", "podman-tmpfs", "podman-volumes", "podman-userns", "podman-capabilities", "podman-unconfined",
        "podman-device", "podman-cpu-shares", "podman-pids-limit", "podman-memory", "podman-hybrid", "podman-cgroupns-host",
        "podman-read-only",
    ])
    func `what an engine asks for has a place in the guest, and is still a configuration`(name: String) throws {
        let document = try Self.document("engines/\(name)")
        let before = try Config(json: document)
        let plan = try Self.plan(document)
        let after = try Config(json: plan.config)
        #expect(after.root.path == "/run/swiftrun/share/box/rootfs")
        #expect(after.root.isReadonly == before.root.isReadonly)
        #expect(after.process == before.process)
        #expect(after.linux.seccomp == before.linux.seccomp)
        #expect(after.linux.resources.memory == before.linux.resources.memory)
        #expect(after.linux.resources.pidsLimit == before.linux.resources.pidsLimit)
        #expect(after.linux.resources.devices == before.linux.resources.devices)
        #expect(after.linux.devices == before.linux.devices)
        #expect(after.linux.uidMappings == before.linux.uidMappings)
        #expect(after.linux.maskedPaths == before.linux.maskedPaths)
        #expect(after.linux.cgroupsPath == "/box")
        #expect(after.linux.namespaces == before.linux.namespaces.filter { $0.kind != .network })
        #expect(after.mounts.map(\.destination) == before.mounts.map(\.destination))
        let hasUsers = before.linux.namespaces.contains { $0.kind == .user }
        // Its sysfs is the guest's: the network namespace is not its own.
        #expect(after.mounts.map(\.options) == before.mounts.map { $0.options + (hasUsers && $0.type == "sysfs" ? ["rbind"] : []) })
        #expect(after.mounts.contains { $0.type == "sysfs" } == (!hasUsers && before.mounts.contains { $0.type == "sysfs" }))
        let places = Set(plan.shares.map { "/run/swiftrun/share/\($0.name)" } + [GuestPlan.sharedMemory] + (hasUsers ? ["/sys"] : []))
        for mount in after.mounts where mount.type == "bind" { #expect(places.contains(mount.source), "\(mount.source)") }
        #expect(plan.shares.first == .init("box/rootfs", source: "/bundle/rootfs", kind: .directory, access: .readWrite, reach: .all))
        #expect(plan.joins == [])
    }

    @Test func `volumes are shared by number, as far as they reach and as they may be written`() throws {
        let plan = try Self.plan(Self.document("engines/podman-volumes")) { $0.sources["/bundle/host/file"] = .file }
        let shares = plan.shares.dropFirst().prefix(3)
        #expect(shares.map(\.name) == ["box/0", "box/1", "box/2"])
        #expect(shares.map(\.source) == ["/bundle/host/data", "/bundle/host/named", "/bundle/host/file"])
        #expect(shares.map(\.access) == [.readOnly, .readWrite, .readWrite])
        #expect(shares.map(\.kind) == [.directory, .directory, .file])
        #expect(shares.map(\.reach) == [.all, .all, .all])
        #expect(plan.shares.dropFirst(4).allSatisfy { $0.reach == .one })
    }

    @Test func `a pod's member joins the namespaces of its sandbox`() throws {
        let plan = try Self.plan(Self.document("engines/podman-pod"), .joins("pod")) {
            $0.sandboxNamespaces = [.network, .ipc, .uts].map { kind in
                Namespace(kind, path: "/proc/HELD/ns/\(kind == .network ? "net" : kind.rawValue)")
            }
        }
        #expect(plan.joins == ["ipc", "uts"])
        #expect(try Config(json: plan.config).linux.namespaces.map(\.kind) == [.pid, .ipc, .uts, .mount, .cgroup])
        #expect(try Config(json: plan.config).linux.namespaces.allSatisfy { $0.path.isEmpty })
        #expect(plan.network?.path == "/proc/HELD/ns/net")
        #expect(
            try Self.error(Self.plan(Self.document("engines/podman-pod"), .joins("pod")))
                == "config.json: /linux/namespaces/1/path: /proc/HELD/ns/net: only namespaces of the own pod can be joined in a virtual machine"
        )
    }

    @Test func `the process of the sandbox stands for its namespaces, that of pids among them`() throws {
        var document = try Self.document("engines/ctr-plain")
        document = try Self.with(
            ["linux", "namespaces"],
            """
            [{"type": "pid", "path": "/proc/42/ns/pid"}, {"type": "ipc", "path": "/proc/42/ns/ipc"}, {"type": "mount"},
             {"type": "network", "path": "/proc/42/ns/net"}]
            """, to: document)
        let plan = try Self.plan(document, .joins("pod")) {
            $0.sandboxPID = 42
            // The process lives with the host's pids, as every process of the runtime does.
            $0.sharedNamespaces = [.pid]
        }
        #expect(plan.joins == ["pid", "ipc"])
        let other = try Self.error(Self.plan(document, .joins("pod")) { $0.sandboxPID = 4 })
        #expect(
            other
                == "config.json: /linux/namespaces/0/path: /proc/42/ns/pid: only namespaces of the own pod can be joined in a virtual machine"
        )
    }

    @Test func `what an engine holds of a pod by file is new in the guest, its users mapped as there`() throws {
        var document = try Self.with(
            ["linux", "namespaces"],
            """
            [{"type": "pid"}, {"type": "ipc", "path": "/held/ipc"}, {"type": "mount"}, {"type": "network", "path": "/held/net"},
             {"type": "user", "path": "/held/user"}]
            """, to: Self.document("engines/ctr-plain"))
        document = try Self.with(["annotations", "io.kubernetes.cri.container-type"], #""sandbox""#, to: document)
        let refused = "/held/user: only namespaces of the own pod can be joined in a virtual machine"
        #expect(try Self.error(Self.plan(document)) == "config.json: /linux/namespaces/4/path: " + refused)
        for member in ["uidMappings", "gidMappings"] {
            document = try Self.with(["linux", member], #"[{"containerID": 0, "hostID": 100000, "size": 65536}]"#, to: document)
        }
        let plan = try Self.plan(document)
        let after = try Config(json: plan.config).linux
        #expect(after.namespaces == [.pid, .ipc, .mount, .user].map { Namespace($0) })
        #expect(after.uidMappings == [IDMapping(containerID: 0, hostID: 100_000, size: 65_536)])
        #expect(plan.network?.path == "/held/net")
        #expect(plan.joins == [])
    }

    @Test(arguments: [
        ("ctr-host-network", "/linux/namespaces: the host's network namespace cannot be shared with a virtual machine"),
        ("podman-host-network", "/linux/namespaces: the host's network namespace cannot be shared with a virtual machine"),
        ("podman-host-namespaces", "/linux/namespaces: the host's pid namespace cannot be shared with a virtual machine"),
        ("ctr-privileged", "/linux/devices/0: /dev/autofs: a device of the host cannot be given to a virtual machine"),
        ("podman-privileged", "/linux/devices/0: /dev/autofs: a device of the host cannot be given to a virtual machine"),
    ])
    func `what would need the host is refused by its field`(name: String, words: String) throws {
        #expect(try Self.error(Self.plan(Self.document("engines/\(name)"))) == "config.json: " + words)
    }

    @Test func `the host's network by its path is the host's network`() throws {
        let found = try Self.error(Self.plan(Self.document("engines/ctr-namespaces")) { $0.sharedNamespaces = [.network] })
        #expect(found == "config.json: /linux/namespaces/4/path: the host's network namespace cannot be shared with a virtual machine")
    }

    @Test(arguments: [
        (
            #"{"destination": "/d", "type": "bind", "source": "/s", "options": ["rbind", "rshared"]}"#, GuestFacts.Source.directory,
            "/mounts/0/options: rshared: mounts made in a virtual machine do not reach the host"
        ),
        (
            #"{"destination": "/d", "type": "bind", "source": "/s", "options": ["rbind", "idmap"]}"#, .directory,
            "/mounts/0/options: an id-mapped mount needs mappings of its own or a new user namespace"
        ),
        (
            #"{"destination": "/d", "type": "bind", "source": "/s", "options": ["bind"]}"#, .special("socket"),
            "/mounts/0/source: /s: a socket of the host cannot be used in a virtual machine"
        ),
        (
            #"{"destination": "/d", "type": "bind", "source": "/s", "options": ["bind"]}"#, .kernel("procfs"),
            "/mounts/0/source: /s: procfs of the host cannot be seen in a virtual machine"
        ),
        (
            #"{"destination": "/d", "type": "ext4", "source": "/dev/sda1"}"#, .directory,
            "/mounts/0/type: ext4: such a file system of the host cannot be mounted in a virtual machine"
        ),
    ])
    func `a mount that cannot cross is refused`(mount: String, source: GuestFacts.Source, words: String) throws {
        let document = try Self.with(["mounts"], "[\(mount)]", to: Self.document("engines/ctr-plain"))
        #expect(Self.error(try Self.plan(document) { $0.sources["/s"] = source }) == "config.json: " + words)
    }

    @Test func `owners are mapped by the host, by a mount's own maps or those of the container`() throws {
        var document = try Self.with(
            ["mounts"],
            """
            [{"destination": "/a", "type": "bind", "source": "/s", "options": ["rbind"],
              "uidMappings": [{"containerID": 0, "hostID": 5, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 6, "size": 1}]},
             {"destination": "/b", "type": "bind", "source": "/s", "options": ["rbind", "ridmap", "ro"]},
             {"destination": "/c", "type": "bind", "source": "/s", "options": ["rbind"]},
             {"destination": "/dev/shm", "type": "bind", "source": "/shm", "options": ["bind", "idmap"]}]
            """, to: Self.document("engines/ctr-plain"))
        document = try Self.with(
            ["linux", "namespaces"],
            #"[{"type": "pid"}, {"type": "ipc"}, {"type": "mount"}, {"type": "network"}, {"type": "user"}]"#, to: document)
        for member in ["uidMappings", "gidMappings"] {
            document = try Self.with(["linux", member], #"[{"containerID": 0, "hostID": 100000, "size": 65536}]"#, to: document)
        }
        let plan = try Self.plan(document) { $0.sources["/s"] = .directory }
        let users = [IDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
        #expect(
            plan.shares.dropFirst().map(\.owners) == [
                .init(
                    uids: [IDMapping(containerID: 0, hostID: 5, size: 1)], gids: [IDMapping(containerID: 0, hostID: 6, size: 1)],
                    reach: .one), .init(uids: users, gids: users, reach: .all), nil,
            ])
        let mounts = try Config(json: plan.config).mounts
        #expect(mounts.map(\.options) == [["rbind"], ["rbind", "ro"], ["rbind"], ["bind"]])
        #expect(mounts.allSatisfy { $0.uidMappings.isEmpty && $0.gidMappings.isEmpty })
    }

    @Test func `a device that every kernel has may be bound, and is the guest's`() throws {
        let mount = #"[{"destination": "/etc/x", "type": "bind", "source": "/dev/null", "options": ["bind"]}]"#
        let plan = try Self.plan(Self.with(["mounts"], mount, to: Self.document("engines/ctr-plain")))
        #expect(try Config(json: plan.config).mounts.map(\.source) == ["/dev/null"])
        #expect(plan.shares.count == 1)
    }

    @Test func `what the host does itself does not go along`() throws {
        var document = try Self.document("engines/podman-unconfined")
        document = try Self.with(
            ["hooks"], #"{"prestart": [{"path": "/p"}], "startContainer": [{"path": "/s"}], "poststop": [{"path": "/q"}]}"#, to: document)
        document = try Self.with(["annotations", "dev.swiftrun.sandbox"], #""vm""#, to: document)
        document = try Self.with(["process", "apparmorProfile"], #""docker-default""#, to: document)
        document = try Self.with(["linux", "resources", "cpu"], #"{"cpus": "0-7", "mems": "0", "shares": 512}"#, to: document)
        document = try Self.with(
            ["linux", "resources", "unified"], #"{"cpuset.cpus": "3", "memory.high": "1000000", "io.max": "8:0 rbps=1"}"#, to: document)
        let plan = try Self.plan(document)
        let config = try Config(json: plan.config)
        #expect(config.hooks.prestart.isEmpty && config.hooks.poststop.isEmpty)
        #expect(config.hooks.startContainer.map(\.path) == ["/s"])
        #expect(config.sandbox == SandboxRequest())
        #expect(config.process?.apparmorProfile == "")
        #expect(config.linux.resources.cpu.cpus.isEmpty && config.linux.resources.cpu.mems.isEmpty)
        #expect(config.linux.resources.cpu.shares == 512)
        #expect(config.linux.resources.unified == [Annotation("memory.high", "1000000")])
        #expect(plan.networkSysctls == [Annotation("net.ipv4.ip_forward", "1")])
        #expect(config.linux.sysctl == [])
    }
}
