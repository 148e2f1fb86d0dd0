import JSON
import TestKit
import Testing

// spec-fixtures/engines: what podman and containerd really ask for.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct EngineTests {
    static let directory = Repository.path("spec-fixtures/engines")
    static let names = Files.entries(directory).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    /// Namespaces and devices of the host, and another pod's.
    static let refusedInMachine = [
        "ctr-host-network", "ctr-namespaces", "ctr-privileged", "podman-host-namespaces", "podman-host-network", "podman-pod",
        "podman-privileged",
    ]
    static let runnable = UnderTest.backend == .vm ? names.filter { !refusedInMachine.contains($0) } : names
    static let limited = ["podman-pids-limit": "pids", "podman-memory": "memory", "ctr-memory": "memory"]

    /// The bundle that an engine would have made around its configuration.
    func bundle(_ name: String, _ held: HeldNamespaces?) throws -> Bundle {
        let bundle = try Bundle()
        var config = try parse(try #require(Files.read("\(Self.directory)/\(name).json")))
        let parts = config.at("/linux/cgroupsPath")?.string?.split(separator: "/") ?? []
        #expect(parts.count == 2)
        config.set("/linux/cgroupsPath", .string("/" + bundle.scratch.unique("cgroup")))
        for mount in config.at("/mounts")?.array ?? [] {
            guard let source = mount["source"]?.string, source.hasPrefix("host/") else { continue }
            let isDirectory = ["host/shm", "host/data", "host/named"].contains(source)
            let path = bundle.path + "/" + source
            if isDirectory { try Files.makeDirectory(path) } else { try Files.makeDirectory(bundle.path + "/host"); try Files.write(path, "\(source)\n") }
        }
        for (index, namespace) in (config.at("/linux/namespaces")?.array ?? []).enumerated() {
            guard let path = namespace["path"]?.string, path.hasPrefix("/proc/HELD/ns/"), let held else { continue }
            config.set("/linux/namespaces/\(index)/path", .string(held.path(String(path.dropFirst("/proc/HELD/ns/".count)))))
        }
        // An engine takes its own limits for possible; without CAP_SYS_RESOURCE they are only up to ours.
        if !Host.canRaiseLimits {
            let own = try execute([ProbeBinary.path, "report"]).report()
            for (index, limit) in (config.at("/process/rlimits")?.array ?? []).enumerated() {
                let most = own.limit(limit["type"]?.string ?? "").last ?? .max
                for key in ["soft", "hard"] where (limit[key]?.unsigned ?? 0) > most { config.set("/process/rlimits/\(index)/\(key)", Value(most)) }
            }
        }
        // podman gives its storage to the container's root.
        if let uid = config.at("/linux/uidMappings/0/hostID")?.unsigned {
            for path in ["", "/bin", "/bin/probe", "/dev", "/etc", "/home", "/home/user", "/proc", "/root", "/sys", "/tmp", "/usr", "/usr/bin"] {
                try Files.changeOwner(bundle.rootfs + path, uid: UInt32(uid), gid: UInt32(uid))
            }
            for name in Files.entries(bundle.path + "/host") { try Files.changeOwner("\(bundle.path)/host/\(name)", uid: UInt32(uid), gid: UInt32(uid)) }
        }
        bundle.config = config
        return bundle
    }

    @Test func `the fixtures are there`() {
        #expect(Self.names.count >= 30)
    }

    @Test(arguments: runnable) func `the container runs to its exit code`(name: String) throws {
        let held = name == "podman-pod" ? try HeldNamespaces("net,ipc,uts") : nil
        let bundle = try bundle(name, held)
        let isTerminal = bundle.config.at("/process/terminal") == true
        let socket = isTerminal ? try ConsoleSocket() : nil
        let container = try Container(bundle)
        let outcome = try socket.map { try container.create("--console-socket", $0.path) } ?? container.create()
        // A guest has every controller.
        if let controller = Self.limited[name], UnderTest.backend == .host, !Host.hasController(controller) {
            #expect(outcome.status == 1)
            if UnderTest.isSwiftrun {
                #expect(outcome.errors.contains("/linux/resources/\(controller)/"), "\(outcome)")
                #expect(outcome.errors.contains("controller"), "\(outcome)")
            }
            return
        }
        if !UnderTest.isSwiftrun && outcome.status == 1 && outcome.errors.contains("cpu.weight") { return }
        try #require(outcome.status == 0, "\(outcome)")
        let terminal = try socket?.terminal()
        #expect(try container.start().status == 0)
        #expect(try container.end() == .exited(7))
        #expect(try container.delete().status == 0)
        _ = terminal
    }

    @Test func `a volume's owner and the image's are what the engine set up`() throws {
        let bundle = try bundle("podman-volumes", nil)
        bundle.probe("stat", "/data", "/named", "--", "create", "/named/x", "x", "--", "create", "/data/x", "x", "--", "cat", "/etc/one-file")
        let outcome = try bundle.run()
        #expect(try outcome.answer("write", "/named/x")["result"]?.integer == 1)
        #expect(try outcome.answer("write", "/data/x")["errno"]?.string == "EROFS")
        #expect(try outcome.answer("cat")["content"]?.string == "host/file\n")
    }

    @Test func `podman's default profile is in force`() throws {
        let bundle = try bundle("podman-plain", nil)
        bundle.probe("report", "--", "syscall", SeccompTests.vmsplice)
        let outcome = try bundle.run()
        let report = try outcome.report()
        #expect(report["seccomp"]?.integer == 2)
        #expect(report.capabilities("bounding") != .max)
        let answer = try outcome.answer("syscall")["errno"]?.string
        #expect(answer == "ENOSYS" || answer == "EPERM", "the profile's answer; the kernel's would be EBADF")
    }

    @Test func `a user of podman is who the options said`() throws {
        let bundle = try bundle("podman-user", nil)
        bundle.probe("report")
        let report = try bundle.run().report()
        #expect(report.integers("uid") == [1000, 1000, 1000, 1000])
        #expect(report.integers("groups").contains(1234))
        #expect(report["cwd"]?.string == "/home/user")
    }
}
