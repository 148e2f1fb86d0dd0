internal import AgentProtocol
internal import Cgroups
internal import Kernel
internal import Machine
internal import Spec

/// A machine that is to be started.
struct Boot {
    private let settings: HostSettings
    private let hypervisor: QEMU
    private var specification: MachineSpecification
    private let places: Places
    private let sandbox: String

    /// Everything that the host has for it is looked for.
    init(_ order: Order, _ config: Config, _ places: Places) throws(SandboxError) {
        self.places = places
        sandbox = order.id
        do throws(MachineError) {
            settings = try HostSettings(path: HostSettings.path)
            hypervisor = try QEMU(settings, path: config.vm?.hypervisor?.path)
            specification = MachineSpecification(
                order.id, try GuestImage.find(settings, config.vm), try Accelerator(settings.accelerator), order.size,
                stateDirectory: places.directory)
            specification.kernelParameters = config.vm?.kernel.parameters ?? []
            specification.hypervisorParameters = config.vm?.hypervisor?.parameters ?? []
        } catch { throw .failed("\(error)") }
    }

    /// From its start until its agent answers.
    var patience: Duration { .seconds(Int64(settings.bootTimeout)) }

    var guestSettings: GuestSettings {
        GuestSettings(
            clock: Timestamp.now().nanosecondsSinceEpoch, hostname: String(sandbox.prefix(64)), shareTag: MachineSpecification.shareTag)
    }

    func start() throws(SandboxError) -> Hub {
        let shares = try knowing { () throws(MachineError) in try SharedTree(stateDirectory: places.directory) }
        var specification = specification
        specification.sharedDirectory = shares.path
        let complete = specification
        // In the container's cgroup, where this process is.
        let machine = try knowing { () throws(MachineError) in try hypervisor.start(complete, in: nil) }
        return try Hub(machine, sandbox, places, shares)
    }
}
