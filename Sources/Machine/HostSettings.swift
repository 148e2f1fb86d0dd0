public import GuestPlan

/// What the host's administrator has decided on virtual machines, for all of them.
public struct HostSettings: Hashable, Sendable {
    public static let path = "/etc/swiftrun/config.json"

    public enum AcceleratorChoice: String, CaseIterable, Hashable, Sendable {
        /// KVM where it can be used, else TCG.
        case auto
        /// KVM or an error.
        case kvm
        case tcg
    }

    /// Whose the processes of QEMU are.
    public struct User: Hashable, Sendable {
        public var uid: UInt32
        public var gid: UInt32

        public init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }
    }

    public var accelerator: AcceleratorChoice = .auto
    /// Absolute; nil: the distribution's QEMU.
    public var hypervisor: String?
    /// Absolute; nil: looked for.
    public var kernel: String?
    /// A directory with `vmlinuz` and, where the kernel has modules, `lib/modules/VERSION`; nil: where packages put one.
    public var guestDirectory: String?
    /// virtiofsd, absolute; nil: the distribution's.
    public var fileServer: String?
    /// nil: another for each machine.
    public var user: User?
    /// Of a machine nothing is said of.
    public var standardSize = MachineSize(memory: 1024, vcpus: 1)
    /// MiB that the guest itself needs besides what its containers may use.
    public var overhead: UInt64 = 128
    /// Seconds from the start of a machine until its agent must have answered.
    public var bootTimeout: UInt32 = 60

    public init() {}
}
