/// The virtual machines of the tests (Tests/Guest), booted at first use and shared by all tests of the process: what this machine's
/// kernel does not let us see is shown there. cgroup2 has every controller, and root every capability.
public enum Guest: String, Sendable, CaseIterable {
    /// busybox, and nothing that the tests did not start.
    case plain
    /// A Debian with systemd and dbus, with a user `user` (1000) whose service manager runs.
    case systemd

    /// Whether it can be booted here: QEMU, the kernel and the root filesystem are there.
    public var canBoot: Bool {
        Files.exists("/usr/bin/qemu-system-x86_64") && Files.exists(Repository.path(".build/guest/kernel/vmlinuz"))
            && (self == .plain || Files.exists(Repository.path(".build/guest/root.img")))
    }

    /// Runs a shell script in it as root, in a session of its own. Its processes may outlive it.
    ///
    /// After `seconds` of the guest's time the session is killed, which is a failure.
    public func run(_ script: String, seconds: Int = 30) throws -> Outcome {
        try machine().run(script, seconds: seconds)
    }

    /// The machine, which is booted by whoever asks first.
    func machine() throws -> GuestMachine {
        switch self {
        case .plain: try Self.plainMachine.get()
        case .systemd: try Self.systemdMachine.get()
        }
    }

    private static let plainMachine = Result { try GuestMachine(.plain) }
    private static let systemdMachine = Result { try GuestMachine(.systemd) }
}
