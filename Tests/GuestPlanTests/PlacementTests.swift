import GuestPlan
import Spec
import Testing

@Suite struct PlacementTests {
    private func placement(
        _ annotations: [(String, String)] = [], choice: SandboxRequest.Choice? = nil, hasMachine: Bool = false, program: String = "swiftrun"
    ) throws -> Placement {
        var config = Config()
        config.annotations = annotations.map(Annotation.init)
        config.sandbox.choice = choice
        if hasMachine { config.vm = VirtualMachine() }
        return try Placement(config, id: "own", program: program)
    }

    private static let member = [("io.kubernetes.cri.container-type", "container"), ("io.kubernetes.cri.sandbox-id", "pod")]

    @Test func `nothing said is the host, and an engine's keys alone ask for nothing`() throws {
        #expect(try placement() == .host)
        #expect(try placement(Self.member) == .host)
        #expect(try placement([("io.kubernetes.cri.container-type", "nonsense")]) == .host)
        #expect(try placement(program: "/usr/bin/swiftrun-vms") == .host)
    }

    @Test func `the annotation, the vm object and the name of the program each ask for a machine`() throws {
        #expect(try placement(choice: .vm) == .boots)
        #expect(try placement(hasMachine: true) == .boots)
        #expect(try placement(program: "swiftrun-vm") == .boots)
        #expect(try placement(program: "/usr/bin/swiftrun-vm") == .boots)
    }

    @Test func `the annotation wins`() throws {
        #expect(try placement(choice: .some(.none), hasMachine: true, program: "swiftrun-vm") == .host)
    }

    @Test func `in a pod the sandbox boots and the others join`() throws {
        #expect(try placement([("io.kubernetes.cri.container-type", "sandbox")], choice: .vm) == .boots)
        #expect(try placement(Self.member, program: "swiftrun-vm") == .joins("pod"))
        let itself = [("io.kubernetes.cri-o.ContainerType", "container"), ("io.kubernetes.cri-o.SandboxID", "own")]
        #expect(try placement(itself, choice: .vm) == .boots)
        #expect(throws: SpecError.self) { try placement([Self.member[0]], choice: .vm) }
    }
}

@Suite struct MachineSizeTests {
    private func size(_ change: (inout Config) -> Void) throws -> MachineSize {
        var config = Config()
        change(&config)
        var facts = GuestFacts()
        facts.processors = 4
        facts.memory = 4096
        return try MachineSize(config, standard: MachineSize(memory: 512, vcpus: 1), overhead: 128, facts)
    }

    @Test func `nothing said is the standard`() throws {
        #expect(try size { _ in } == MachineSize(memory: 512, vcpus: 1))
    }

    @Test func `own limits come with what the guest itself needs, rounded up and within the host`() throws {
        #expect(
            try size {
                $0.linux.resources.memory.limit = 64 << 20 + 1
                $0.linux.resources.cpu.quota = 150_000
                $0.linux.resources.cpu.period = 100_000
            } == MachineSize(memory: 193, vcpus: 2))
        #expect(
            try size {
                $0.linux.resources.memory.limit = 1 << 50
                $0.linux.resources.cpu.quota = 6_400_000
            } == MachineSize(memory: 4096, vcpus: 4))
        #expect(try size { $0.linux.resources.memory.limit = -1 } == MachineSize(memory: 512, vcpus: 1))
    }

    @Test func `a pod's limits come before the sandbox's own, and shares stand in for a quota`() throws {
        #expect(
            try size {
                $0.annotations = [
                    Annotation("io.kubernetes.cri.sandbox-memory", "\(256 << 20)"),
                    Annotation("io.kubernetes.cri.sandbox-cpu-shares", "1536"),
                ]
                $0.linux.resources.memory.limit = 16 << 20
            } == MachineSize(memory: 384, vcpus: 2))
    }

    @Test func `annotations come before limits, and the vm object before annotations`() throws {
        let said = try size {
            $0.sandbox.memory = 1024
            $0.sandbox.vcpus = 8
            $0.linux.resources.memory.limit = 16 << 20
        }
        #expect(said == MachineSize(memory: 1024, vcpus: 8))
        let outright = try size {
            $0.sandbox.memory = 1024
            $0.vm = VirtualMachine()
            $0.vm?.hardware.memory = 2 << 30
            $0.vm?.hardware.vcpus = 3
        }
        #expect(outright == MachineSize(memory: 2048, vcpus: 3))
    }
}
