public import JSON

/// For whom `spec` writes its config.json.
public enum TemplateKind: Hashable, Sendable {
    case rootful
    /// The container's root is the user with these ids, who is not root.
    case rootless(uid: UInt32, gid: UInt32)
}

/// The config.json of `spec`: a shell on a read-only root filesystem, to be printed with tabs.
public func templateConfig(_ kind: TemplateKind) -> Value {
    [
        "ociVersion": .string(SpecVersion.maximum),
        "process": process,
        "root": ["path": "rootfs", "readonly": true],
        "hostname": "swiftrun",
        "mounts": mounts(kind),
        "linux": linux(kind),
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

private func mounts(_ kind: TemplateKind) -> Value {
    var terminals = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]
    let sysfs: Value
    switch kind {
    case .rootful:
        terminals.append("gid=5")
        sysfs = mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"])
    case .rootless:
        // Group tty is not in the map; sysfs cannot be mounted without a network namespace of one's own.
        sysfs = mount("/sys", "none", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"])
    }
    return [
        ["destination": "/proc", "type": "proc", "source": "proc"],
        mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/dev/pts", "devpts", "devpts", terminals),
        mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        sysfs,
        mount("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ]
}

private func mount(_ destination: String, _ type: String, _ source: String, _ options: [String]) -> Value {
    ["destination": .string(destination), "type": .string(type), "source": .string(source), "options": Value(options)]
}

private func linux(_ kind: TemplateKind) -> Value {
    var members: [Value.Member] = []
    var namespaces: [Value] = []
    switch kind {
    case .rootful:
        members.append(.init("resources", ["devices": [["allow": false, "access": "rwm"]]]))
        namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup"]
    case .rootless(let uid, let gid):
        members.append(.init("uidMappings", [["containerID": 0, "hostID": Value(uid), "size": 1]]))
        members.append(.init("gidMappings", [["containerID": 0, "hostID": Value(gid), "size": 1]]))
        namespaces = ["pid", "ipc", "uts", "mount", "cgroup", "user"]
    }
    members.append(.init("namespaces", .array(namespaces.map { ["type": $0] })))
    members.append(.init("maskedPaths", [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
    ]))
    members.append(.init("readonlyPaths", ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]))
    return .object(members)
}
