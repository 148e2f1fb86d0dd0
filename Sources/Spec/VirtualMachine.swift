/// `vm` (runtime-spec config-vm.md): the machine that the container's processes run in.
public struct VirtualMachine: Hashable, Sendable {
    /// nil: the runtime's own choice.
    public var hypervisor: Hypervisor?
    public var kernel = Kernel()
    /// nil: the root file system is what the kernel starts with.
    public var image: Image?
    public var hardware = Hardware()

    public init() {}

    public struct Hypervisor: Hashable, Sendable {
        /// Absolute.
        public var path = ""
        /// As written, each one argument of its command line.
        public var parameters: [String] = []

        public init() {}
    }

    public struct Kernel: Hashable, Sendable {
        /// Absolute.
        public var path = ""
        /// As written, each one word or more of the kernel's command line.
        public var parameters: [String] = []
        /// Absolute; empty: the runtime's own.
        public var initrd = ""

        public init() {}
    }

    /// A disk with the machine's root file system.
    public struct Image: Hashable, Sendable {
        public enum Format: String, CaseIterable, Hashable, Sendable {
            case raw, qcow2, vdi, vmdk, vhd
        }

        /// Absolute.
        public var path: String
        public var format: Format

        public init(path: String, format: Format) {
            self.path = path
            self.format = format
        }
    }

    /// `hwConfig`.
    public struct Hardware: Hashable, Sendable {
        public var vcpus: UInt32?
        /// Bytes.
        public var memory: UInt64?
        /// Absolute; empty: none.
        public var deviceTree = ""
        /// Whether devices, memory or interrupts of the host are to be given to the machine (`dtdevs`, `iomems`, `irqs`).
        public var hasHostHardware = false

        public init() {}
    }
}
