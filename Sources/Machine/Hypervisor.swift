public import Cgroups
public import GuestPlan

/// What a machine is made of.
public struct MachineSpecification: Hashable, Sendable {
    /// What its processes are called, such as the sandbox's id.
    public var name: String
    public var image: GuestImage
    public var accelerator: Accelerator
    public var size: MachineSize
    /// The directory that the guest mounts, as `SharedTree.path`; nil: the guest has no files of the host.
    public var sharedDirectory: String?
    /// Where the console's ring is kept: the sandbox's state directory.
    public var stateDirectory: String
    /// -1000 to 1000; nil: as the runtime's own.
    public var oomScoreAdj: Int32?
    /// Words for the end of the kernel's command line (`vm.kernel.parameters`).
    public var kernelParameters: [String] = []
    /// Arguments for the end of the hypervisor's (`vm.hypervisor.parameters`).
    public var hypervisorParameters: [String] = []

    public init(_ name: String, _ image: GuestImage, _ accelerator: Accelerator, _ size: MachineSize, stateDirectory: String) {
        self.name = name
        self.image = image
        self.accelerator = accelerator
        self.size = size
        self.stateDirectory = stateDirectory
    }

    /// The tag under which the guest mounts the shared directory (`configure`'s `shareTag`).
    public static let shareTag = "share"
}

/// A program of the host that runs virtual machines.
public protocol Hypervisor: Sendable {
    /// Starts the machine's programs, in `cgroup` where there is one, and returns once they run: the guest boots then. They end with the
    /// calling process. On failure nothing is left.
    func start(_ specification: MachineSpecification, in cgroup: borrowing Cgroup?) throws(MachineError) -> RunningMachine
}
