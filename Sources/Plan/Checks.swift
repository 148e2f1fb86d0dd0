internal import CLinux
public import Spec
internal import Steps

/// A container has a new mount namespace, wherever it runs.
public func checkMountNamespace(_ config: Config) throws(PlanError) {
    guard let mount = config.linux.namespaces.firstIndex(where: { $0.kind == .mount }) else {
        throw PlanError("/linux/namespaces", "must have a mount namespace: without one its mounts would be the host's")
    }
    // pivot_root(2) moves the root of everyone in the namespace.
    guard config.linux.namespaces[mount].path.isEmpty else {
        let problem = "a mount namespace cannot be joined: set-up would rearrange it for all who live in it"
        throw PlanError("/linux/namespaces/\(mount)/path", problem)
    }
}

extension Planner {
    /// What one field demands of another, and what this version does not do.
    func check(_ process: Process) throws(PlanError) {
        try checkNamespaces()
        try checkIDMappings()
        try checkUnsupported(process)
        if request.preservedDescriptors > 1 << 20 {
            throw PlanError("--preserve-fds", "is too large: \(request.preservedDescriptors)")
        }
    }

    private func checkNamespaces() throws(PlanError) {
        try checkMountNamespace(config)
        if !config.hostname.isEmpty && namespace(.uts) == nil {
            throw PlanError("/hostname", "unable to set hostname without a private UTS namespace")
        }
        if !config.domainname.isEmpty && namespace(.uts) == nil {
            throw PlanError("/domainname", "unable to set domainname without a private UTS namespace")
        }
        if !config.linux.timeOffsets.isEmpty && !isNew(.time) {
            throw PlanError("/linux/timeOffsets", "needs a new time namespace")
        }
    }

    private func checkIDMappings() throws(PlanError) {
        let hasMappings = !config.linux.uidMappings.isEmpty || !config.linux.gidMappings.isEmpty
        guard let user = namespace(.user) else {
            if hasMappings {
                throw PlanError("/linux/uidMappings", "user namespace mappings specified, but user namespace isn't enabled in the config")
            }
            return
        }
        // Those of a namespace joined by path were written by whoever made it.
        guard user.path.isEmpty else { return }
        if config.linux.uidMappings.isEmpty {
            throw PlanError("/linux/uidMappings", "a new user namespace needs mappings")
        }
        if config.linux.gidMappings.isEmpty {
            throw PlanError("/linux/gidMappings", "a new user namespace needs mappings")
        }
        guard let process = config.process else { return }
        try checkMapped(process.user.uid, in: config.linux.uidMappings, "/process/user/uid")
        try checkMapped(process.user.gid, in: config.linux.gidMappings, "/process/user/gid")
        for (index, gid) in process.user.additionalGids.enumerated() {
            try checkMapped(gid, in: config.linux.gidMappings, "/process/user/additionalGids/\(index)")
        }
        try checkMapped(0, in: config.linux.uidMappings, "/linux/uidMappings")
        try checkMapped(0, in: config.linux.gidMappings, "/linux/gidMappings")
    }

    private func checkMapped(_ id: UInt32, in mappings: [IDMapping], _ field: String) throws(PlanError) {
        for mapping in mappings where id >= mapping.containerID && id - mapping.containerID < mapping.size { return }
        throw PlanError(field, "id \(id) is not mapped in the user namespace")
    }

    private func checkUnsupported(_ process: Process) throws(PlanError) {
        if !process.selinuxLabel.isEmpty && !facts.hasSELinux {
            throw PlanError("/process/selinuxLabel", "selinux label is specified in config, but selinux is disabled or not supported")
        }
        if !process.apparmorProfile.isEmpty && !facts.hasAppArmor {
            throw PlanError("/process/apparmorProfile", "apparmor profile is specified in config, but apparmor is not enabled on this system")
        }
        if config.linux.hasIntelRdt { throw PlanError("/linux/intelRdt", "is not supported") }
        if config.linux.hasNetDevices { throw PlanError("/linux/netDevices", "is not supported") }
    }
}
