internal import Kernel

extension HostSettings.User {
    /// Whose QEMU is. A user for each machine keeps one machine's QEMU from tracing and signalling another's.
    ///
    /// No number is kept anywhere: a base in the range that is nobody's (systemd's UIDS-GIDS), and the pid of the process that has the machine,
    /// which no other has meanwhile. Where those are not mapped, as in a container, it is `nobody`.
    init(_ settings: HostSettings, _ accelerator: Accelerator.Kind) throws(MachineError) {
        var user = settings.user
        if user == nil {
            let own = Self.base + UInt32(ownPID())
            user = try isMapped(own) ? Self(uid: own, gid: own) : Self(uid: 65534, gid: 65534)
        }
        self = user ?? Self(uid: 65534, gid: 65534)
        if accelerator == .kvm { try admitToKVM() }
    }

    private static let base: UInt32 = 1_900_000_000

    /// QEMU opens the device by its path: by the right of all, or as its group.
    private mutating func admitToKVM() throws(MachineError) {
        let device = try step("look at /dev/kvm") { () throws(SyscallError) in try status(of: "/dev/kvm") }
        if device.permissions & 0o006 == 0o006 { return }
        guard device.permissions & 0o060 == 0o060, device.gid != 0 else {
            throw .unfit("/dev/kvm cannot be used by an unprivileged user: neither all nor a group other than root's may read and write it")
        }
        gid = device.gid
    }
}

/// Whether both a user and a group of this number are there in this process's user namespace.
private func isMapped(_ id: UInt32) throws(MachineError) -> Bool {
    try step("read the own id maps") { () throws(SyscallError) in
        let proc = try ProcFS.open()
        for file in ["self/uid_map", "self/gid_map"] {
            let isThere = try proc.readText(file).split(separator: "\n").contains { line in
                let numbers = line.split(separator: " ").compactMap { UInt64($0) }
                return numbers.count == 3 && UInt64(id) >= numbers[0] && UInt64(id) - numbers[0] < numbers[2]
            }
            if !isThere { return false }
        }
        return true
    }
}
