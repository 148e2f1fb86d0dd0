internal import CLinux
internal import Spec
internal import Steps

extension Planner {
    /// The nodes the specification wants everywhere, replaced by those of config.json with the same path, then the others.
    private var devices: [(device: Device, field: String)] {
        guard populatesDev else { return [] }
        let defaults: [(String, UInt32, UInt32)] = [
            ("/dev/null", 1, 3), ("/dev/zero", 1, 5), ("/dev/full", 1, 7), ("/dev/random", 1, 8), ("/dev/urandom", 1, 9),
            ("/dev/tty", 5, 0),
        ]
        let own = config.linux.devices.enumerated().map { (device: $1, field: "/linux/devices/\($0)/path") }
            .filter { !["/dev/ptmx", "/dev/console"].contains(cleanPath($0.device.path)) }
        var result: [(device: Device, field: String)] = []
        for (path, major, minor) in defaults where !own.contains(where: { cleanPath($0.device.path) == path }) {
            var device = Device(.character, path: path)
            device.major = major
            device.minor = minor
            result.append((device, path))
        }
        return result + own
    }

    /// A bind mount on /dev brings its own content.
    private var populatesDev: Bool {
        !config.mounts.contains { destination($0) == "/dev" && MountOptions($0.options).isBind }
    }

    /// A user namespace may not make nodes: those of the host are mounted instead.
    mutating func addDeviceSources() throws(PlanError) {
        guard isUnprivileged else { return }
        for (device, field) in devices where device.kind != .fifo {
            let slot = newSlot()
            deviceSlots.append(slot)
            add(.openTree(try text(cleanPath(device.path), field), .one, slot))
        }
    }

    mutating func addDevices() throws(PlanError) {
        var bound = 0
        for (device, field) in devices {
            let type: UInt32 = switch device.kind {
            case .character, .unbuffered: 0o020000
            case .block: 0o060000
            case .fifo: 0o010000
            }
            let step = DeviceStep(
                path: try text(cleanPath(device.path), field), mode: type | device.mode & 0o7777, major: device.major,
                minor: device.minor, uid: device.uid, gid: device.gid)
            if isUnprivileged && device.kind != .fifo {
                add(.bindDevice(deviceSlots[bound], step))
                bound += 1
            } else {
                add(.makeDevice(step))
            }
        }
        guard populatesDev else { return }
        try addLink("pts/ptmx", at: "/dev/ptmx", .replace)
        try addLink("/proc/self/fd", at: "/dev/fd", .keep)
        try addLink("/proc/self/fd/0", at: "/dev/stdin", .keep)
        try addLink("/proc/self/fd/1", at: "/dev/stdout", .keep)
        try addLink("/proc/self/fd/2", at: "/dev/stderr", .keep)
        if facts.hasKcore { try addLink("/proc/kcore", at: "/dev/core", .keep) }
    }

    private mutating func addLink(_ target: String, at path: String, _ existing: Existing) throws(PlanError) {
        add(.makeSymlink(to: try text(target, "/dev"), at: try text(path, "/dev"), existing))
    }

    /// Needed to hide files, and in place of the host's null device on the standard streams.
    mutating func addNullDevice() {
        guard populatesDev || !config.linux.maskedPaths.isEmpty else { return }
        add(.openNullDevice)
        add(.reopenNullStreams)
    }
}
