public import JSON

extension Features {
    public var json: Value {
        [
            "ociVersionMin": .string(SpecVersion.minimum),
            "ociVersionMax": .string(SpecVersion.maximum),
            "hooks": Value(hooks),
            "mountOptions": Value(mountOptions),
            "linux": linux.json,
            "annotations": Value(annotations),
            "potentiallyUnsafeConfigAnnotations": Value(potentiallyUnsafeConfigAnnotations),
        ]
    }
}

extension Features.Linux {
    fileprivate var json: Value {
        let members: [(String, Value?)] = [
            ("namespaces", Value(namespaces)),
            ("capabilities", Value(capabilities)),
            ("cgroup", cgroup?.json),
            ("seccomp", seccomp?.json),
            ("apparmor", isAppArmorEnabled.map(enabled)),
            ("selinux", isSELinuxEnabled.map(enabled)),
            ("intelRdt", intelRdt?.json),
            ("memoryPolicy", memoryPolicy?.json),
            ("mountExtensions", isIDMapEnabled.map { ["idmap": enabled($0)] }),
            ("netDevices", areNetDevicesEnabled.map(enabled)),
        ]
        return .object(members.compactMap { key, value in value.map { Value.Member(key, $0) } })
    }
}

private func enabled(_ isEnabled: Bool) -> Value { ["enabled": .bool(isEnabled)] }

extension Features.Cgroup {
    fileprivate var json: Value {
        [
            "v1": .bool(isV1), "v2": .bool(isV2), "systemd": .bool(isSystemd), "systemdUser": .bool(isSystemdUser), "rdma": .bool(isRDMA),
        ]
    }
}

extension Features.Seccomp {
    fileprivate var json: Value {
        [
            "enabled": .bool(isEnabled),
            "actions": Value(actions),
            "operators": Value(operators),
            "archs": Value(archs),
            "knownFlags": Value(knownFlags),
            "supportedFlags": Value(supportedFlags),
        ]
    }
}

extension Features.IntelRdt {
    fileprivate var json: Value {
        ["enabled": .bool(isEnabled), "schemata": .bool(hasSchemata), "monitoring": .bool(hasMonitoring)]
    }
}

extension Features.MemoryPolicy {
    fileprivate var json: Value { ["modes": Value(modes), "flags": Value(flags)] }
}
