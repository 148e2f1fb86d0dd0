internal import JSON
internal import Spec

/// What `features` prints (runtime-spec features.md): only what works. Absent would mean unknown, so the rest is there as
/// `false` or empty.
func featuresDocument() -> Value {
    [
        "ociVersionMin": .string(SpecVersion.minimum),
        "ociVersionMax": .string(SpecVersion.maximum),
        "hooks": Value(Support.hooks),
        "mountOptions": Value(Support.mountOptions),
        "linux": linuxFeatures(),
        "annotations": [
            "dev.swiftrun.version": .string(Version.number),
            "dev.swiftrun.commit": .string(Version.commit),
            "io.github.seccomp.libseccomp.version": .string(Support.libseccomp),
        ],
        "potentiallyUnsafeConfigAnnotations": [],
    ]
}

private func linuxFeatures() -> Value {
    [
        "namespaces": Value(Support.namespaces),
        "capabilities": Value(Support.capabilities),
        "cgroup": ["v1": false, "v2": true, "systemd": false, "systemdUser": false, "rdma": false],
        "seccomp": [
            "enabled": true,
            "actions": Value(Support.seccompActions),
            "operators": Value(Support.seccompOperators),
            "archs": Value(Support.seccompArchitectures),
            "knownFlags": Value(Support.seccompFlags),
            "supportedFlags": Value(Support.seccompFlags),
        ],
        "apparmor": ["enabled": false],
        "selinux": ["enabled": false],
        "intelRdt": ["enabled": false, "schemata": false, "monitoring": false],
        "memoryPolicy": ["modes": [], "flags": []],
        "mountExtensions": ["idmap": ["enabled": false]],
        "netDevices": ["enabled": false],
    ]
}
