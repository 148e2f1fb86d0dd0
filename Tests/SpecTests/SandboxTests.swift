import JSON
import Spec
import Testing

@Suite struct VirtualMachineTests {
    @Test func `a machine is read, field by field`() throws {
        let vm = try #require(Config(bytes: Fixture.bytes("config/good/vm.json")).vm)
        #expect(vm.hypervisor?.path == "/usr/bin/qemu-system-x86_64")
        #expect(vm.hypervisor?.parameters == ["-nodefaults"])
        #expect(vm.kernel.path == "/boot/vmlinuz")
        #expect(vm.kernel.parameters == ["quiet", "foo=bar"])
        #expect(vm.kernel.initrd == "/boot/initrd.img")
        #expect(vm.image == VirtualMachine.Image(path: "/srv/disk.qcow2", format: .qcow2))
        #expect(vm.hardware.vcpus == 4)
        #expect(vm.hardware.memory == 1 << 30)
        #expect(vm.hardware.deviceTree == "/srv/tree.dtb")
        #expect(vm.hardware.hasHostHardware)
    }

    @Test func `what a machine leaves out is the runtime's choice`() throws {
        let vm = try #require(Config(bytes: Fixture.bytes("config/good/full.json")).vm)
        var expected = VirtualMachine()
        expected.kernel.path = "/boot/vmlinuz"
        #expect(vm == expected)
        #expect(try Config(bytes: Fixture.bytes("config/good/minimal.json")).vm == nil)
    }

    @Test func `annotations say whether to have a machine, and how large`() throws {
        let config = try Config(bytes: Fixture.bytes("config/good/vm.json"))
        #expect(config.sandbox.choice == .vm)
        #expect(config.sandbox.memory == 1024)
        #expect(config.sandbox.vcpus == 2)
        #expect(try Config(bytes: Fixture.bytes("config/good/full.json")).sandbox == SandboxRequest())
    }
}

@Suite struct PodTests {
    private func config(_ annotations: [(String, String)]) -> Config {
        var config = Config()
        config.annotations = annotations.map(Annotation.init)
        return config
    }

    @Test(arguments: [
        ("io.kubernetes.cri.container-type", "sandbox", "io.kubernetes.cri.sandbox-id"),
        ("io.kubernetes.cri-o.ContainerType", "sandbox", "io.kubernetes.cri-o.SandboxID"),
        ("io.kubernetes.docker.type", "podsandbox", "io.kubernetes.sandbox.id"),
    ])
    func `each engine says it with its own keys`(kind: String, sandbox: String, id: String) throws {
        #expect(try config([(kind, sandbox), (id, "abc")]).podPlace() == .sandbox)
        #expect(try config([(kind, "container"), (id, "abc")]).podPlace() == .member(of: "abc"))
        #expect(throws: SpecError("config.json", .value(path: "/annotations/\(id)", problem: "is required"))) {
            try config([(kind, "container")]).podPlace()
        }
        #expect(
            throws: SpecError(
                "config.json",
                .value(path: "/annotations/\(kind)", problem: "must be one of \(sandbox), container, found \"pod\""))
        ) {
            try config([(kind, "pod"), (id, "abc")]).podPlace()
        }
    }

    @Test func `podman 5 tells a member by its sandbox alone`() throws {
        let member = config([("io.container.manager", "libpod"), ("io.kubernetes.cri-o.SandboxID", "abc")])
        #expect(try member.podPlace() == .member(of: "abc"))
        #expect(throws: SpecError.self) { try config([("io.kubernetes.cri-o.SandboxID", "")]).podPlace() }
    }

    @Test func `the keys of containerd come first, and none means no pod`() throws {
        let both = config([
            ("io.kubernetes.cri-o.ContainerType", "sandbox"), ("io.kubernetes.cri.container-type", "container"),
            ("io.kubernetes.cri.sandbox-id", "abc"),
        ])
        #expect(try both.podPlace() == .member(of: "abc"))
        #expect(try config([("io.container.manager", "libpod")]).podPlace() == nil)
    }

    @Test func `a pod's limits are read`() throws {
        let prefix = "io.kubernetes.cri.sandbox-"
        let limits = try #require(
            try config([
                (prefix + "memory", "268435456"), (prefix + "cpu-period", "100000"), (prefix + "cpu-quota", "150000"),
                (prefix + "cpu-shares", "1536"),
            ]).podLimits())
        #expect(limits.memory == 256 << 20)
        #expect(limits.cpuPeriod == 100_000)
        #expect(limits.cpuQuota == 150_000)
        #expect(limits.cpuShares == 1536)
        #expect(try config([(prefix + "cpu-quota", "-1"), (prefix + "memory", "0")]).podLimits() == nil)
        #expect(throws: SpecError.self) { try config([(prefix + "memory", "lots")]).podLimits() }
    }
}
