internal import JSON
internal import Spec

/// The config.json that `spec` writes: runc's, with this runtime's name.
struct SpecTemplate {
    enum Owner: Hashable {
        case root
        /// A user without privileges, who becomes root of a user namespace of his own.
        case user(uid: UInt32, gid: UInt32)
    }

    private let owner: Owner

    init(_ owner: Owner) { self.owner = owner }

    var document: Value {
        [
            "ociVersion": .string(SpecVersion.maximum),
            "process": process,
            "root": ["path": "rootfs", "readonly": true],
            "hostname": "swiftrun",
            "mounts": .array(mounts),
            "linux": linux,
        ]
    }

    private var process: Value {
        let capabilities: Value = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        return [
            "terminal": true,
            "user": ["uid": 0, "gid": 0],
            "args": ["sh"],
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            "cwd": "/",
            "capabilities": ["bounding": capabilities, "effective": capabilities, "permitted": capabilities],
            "rlimits": [["type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024]],
            "noNewPrivileges": true,
        ]
    }

    private var mounts: [Value] {
        // Of a user's namespace only his own group exists, not that of terminals.
        let terminalGroup = owner == .root ? ["gid=5"] : []
        let cgroupOptions = ["nosuid", "noexec", "nodev", "relatime", "ro"]
        return [
            mount("/proc", "proc", "proc", []),
            mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount(
                "/dev/pts", "devpts", "devpts",
                ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] + terminalGroup),
            mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            sys,
            mount("/sys/fs/cgroup", "cgroup", "cgroup", cgroupOptions),
        ]
    }

    /// sysfs can only be mounted by who owns the network namespace, which a user shares with the host.
    private var sys: Value {
        owner == .root
            ? mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"])
            : mount("/sys", "none", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"])
    }

    private func mount(_ destination: String, _ type: String, _ source: String, _ options: [String]) -> Value {
        var members = [
            Value.Member("destination", .string(destination)),
            Value.Member("type", .string(type)),
            Value.Member("source", .string(source)),
        ]
        if !options.isEmpty { members.append(Value.Member("options", Value(options))) }
        return .object(members)
    }

    private var linux: Value {
        var members: [Value.Member] = []
        switch owner {
        case .root:
            members.append(Value.Member("resources", ["devices": [["allow": false, "access": "rwm"]]]))
        case .user(let uid, let gid):
            members.append(Value.Member("uidMappings", [["containerID": 0, "hostID": Value(uid), "size": 1]]))
            members.append(Value.Member("gidMappings", [["containerID": 0, "hostID": Value(gid), "size": 1]]))
        }
        let kinds: [Namespace.Kind] =
            owner == .root ? [.pid, .network, .ipc, .uts, .mount, .cgroup] : [.pid, .ipc, .uts, .mount, .cgroup, .user]
        members.append(Value.Member("namespaces", .array(kinds.map { ["type": .string($0.rawValue)] })))
        members.append(
            Value.Member(
                "maskedPaths",
                [
                    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                    "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
                ]))
        members.append(
            Value.Member("readonlyPaths", ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]))
        return .object(members)
    }
}
