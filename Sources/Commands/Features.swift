internal import Lifecycle
internal import Plan
internal import Spec

extension Features {
    /// Only what works: what is not supported is `false` or empty. Names come from the modules that understand them.
    static var ofThisBuild: Features {
        var features = Features()
        features.hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
        features.mountOptions = mountOptionNames
        features.linux.namespaces = Namespace.Kind.allCases.map(\.rawValue).sorted()
        features.linux.capabilities = capabilityNames
        features.linux.cgroup = Cgroup()
        features.linux.cgroup?.isV2 = true
        features.linux.cgroup?.isSystemd = true
        features.linux.cgroup?.isSystemdUser = true
        features.linux.cgroup?.isRDMA = true
        features.linux.seccomp = Seccomp.ofThisBuild
        features.linux.isAppArmorEnabled = true
        features.linux.isSELinuxEnabled = false
        features.linux.intelRdt = IntelRdt()
        features.linux.memoryPolicy = MemoryPolicy.ofThisBuild
        features.linux.isIDMapEnabled = true
        features.linux.areNetDevicesEnabled = false
        // systemd can be told by them to run programs as root.
        features.potentiallyUnsafeConfigAnnotations = [UnitAnnotations.prefix]
        features.annotations = [
            Annotation("dev.swiftrun.version", Version.number),
            Annotation("dev.swiftrun.commit", Version.commit),
            Annotation("io.github.seccomp.libseccomp.version", SeccompSupport.libraryVersion),
        ]
        return features
    }
}

extension Features.Seccomp {
    fileprivate static var ofThisBuild: Features.Seccomp {
        var features = Features.Seccomp()
        features.isEnabled = true
        features.actions = Spec.Seccomp.Action.allCases.map(\.rawValue).sorted()
        features.operators = Spec.Seccomp.Comparison.allCases.map(\.rawValue).sorted()
        features.archs = SeccompSupport.architectures
        features.knownFlags = Spec.Seccomp.Flag.allCases.map(\.rawValue)
        features.supportedFlags = SeccompSupport.flags
        return features
    }
}

extension Features.MemoryPolicy {
    fileprivate static var ofThisBuild: Features.MemoryPolicy {
        var features = Features.MemoryPolicy()
        features.modes = [
            "MPOL_BIND", "MPOL_DEFAULT", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED", "MPOL_PREFERRED_MANY",
            "MPOL_WEIGHTED_INTERLEAVE",
        ]
        features.flags = ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"]
        return features
    }
}
