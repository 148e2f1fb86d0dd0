internal import AgentProtocol
internal import JSON
internal import Spec

let shareDirectory = SharedDirectory.mountPoint

extension GuestPlan {
    /// Bind mounts get sources in the share; what the guest's kernel makes stays as it is. Order and number stay, and so do the
    /// places in error messages.
    mutating func placeMounts(_ config: Config, _ id: String, _ facts: GuestFacts) throws(GuestPlanError) {
        guard case .array(var mounts)? = self.config["mounts"] else { return }
        for (index, mount) in config.mounts.enumerated() {
            let field = "/mounts/\(index)"
            try refuse(mount, field)
            if mount.type == "sysfs", config.linux.namespaces.contains(where: { $0.kind == .user }) {
                // The kernel makes one only for who has the network too, which is the machine's.
                mounts[index].set(["type"], "bind")
                mounts[index].set(["source"], "/sys")
                mounts[index].set(["options"], Value(mount.options + ["rbind"]))
            }
            guard isBind(mount) else { continue }
            // The host maps the owners of what it shares; the guest's own files are its users' anyway.
            for key in ["uidMappings", "gidMappings"] { mounts[index].remove([key]) }
            mounts[index].set(["options"], Value(mount.options.filter { !mappingOptions.contains($0) }))
            if isSharedMemory(mount) {
                mounts[index].set(["source"], .string(Self.sharedMemory))
            } else if isShared(mount) {
                var share = try share(mount, "\(id)/\(shares.count - 1)", field, facts)
                share.owners = try owners(mount, config, field)
                shares.append(share)
                mounts[index].set(["source"], .string("\(shareDirectory)/\(share.name)"))
            }
        }
        self.config.set(["mounts"], .array(mounts))
    }

    private func share(_ mount: Mount, _ name: String, _ field: String, _ facts: GuestFacts) throws(GuestPlanError) -> Share {
        let source = absolute(mount.source, facts.bundle)
        let kind: Share.Kind
        switch facts.sources[source] {
        case .directory: kind = .directory
        case .file: kind = .file
        case .special(let what):
            throw GuestPlanError("\(field)/source", "\(source): a \(what) of the host cannot be used in a virtual machine")
        case .kernel(let what):
            throw GuestPlanError("\(field)/source", "\(source): \(what) of the host cannot be seen in a virtual machine")
        case nil: preconditionFailure("nobody looked at \(source)")
        }
        let isReadOnly = mount.options.last { ["ro", "rro", "rw", "rrw"].contains($0) }.map { $0.hasSuffix("ro") } ?? false
        return Share(
            name, source: source, kind: kind, access: isReadOnly ? .readOnly : .readWrite, reach: reach(mount))
    }

    /// By maps of the mount's own, or those of the container's new users; mappings alone ask for `idmap` (runtime-spec config.md).
    private func owners(_ mount: Mount, _ config: Config, _ field: String) throws(GuestPlanError) -> Share.Owners? {
        let option = mount.options.last { mappingOptions.contains($0) }
        let reach: Share.Reach = option == "ridmap" ? .all : .one
        if !mount.uidMappings.isEmpty { return Share.Owners(uids: mount.uidMappings, gids: mount.gidMappings, reach: reach) }
        guard option != nil else { return nil }
        guard config.linux.namespaces.contains(Namespace(.user)) else {
            throw GuestPlanError("\(field)/options", "an id-mapped mount needs mappings of its own or a new user namespace")
        }
        return Share.Owners(uids: config.linux.uidMappings, gids: config.linux.gidMappings, reach: reach)
    }

    private func refuse(_ mount: Mount, _ field: String) throws(GuestPlanError) {
        if isBind(mount) {
            if let option = mount.options.first(where: { $0 == "shared" || $0 == "rshared" }) {
                throw GuestPlanError("\(field)/options", "\(option): mounts made in a virtual machine do not reach the host")
            }
        } else if !mount.type.isEmpty && !guestFileSystems.contains(mount.type) {
            throw GuestPlanError("\(field)/type", "\(mount.type): such a file system of the host cannot be mounted in a virtual machine")
        }
    }
}

/// Those that are made by the kernel alone, out of nothing of the host's.
private let guestFileSystems: Set<String> = [
    "proc", "sysfs", "tmpfs", "ramfs", "devpts", "mqueue", "cgroup", "cgroup2", "hugetlbfs", "securityfs", "debugfs", "tracefs", "bpf",
    "configfs", "binfmt_misc", "fusectl",
]

private let mappingOptions: Set<String> = ["idmap", "ridmap"]

/// Whether the mount's source has to be shared by the host.
func isShared(_ mount: Mount) -> Bool { isBind(mount) && !isSharedMemory(mount) && !guestNodes.contains(mount.source) }

/// Which every kernel has: engines bind /dev/null over what they hide.
private let guestNodes: Set<String> = [
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/fuse",
]

private func isBind(_ mount: Mount) -> Bool { mount.options.contains("bind") || mount.options.contains("rbind") }

/// The memory that processes share belongs to one kernel. Engines bind a tmpfs of theirs there, for a pod's containers to share.
private func isSharedMemory(_ mount: Mount) -> Bool {
    isBind(mount) && mount.destination.split(separator: "/").elementsEqual(["dev", "shm"])
}

func reach(_ mount: Mount) -> GuestPlan.Share.Reach { mount.options.contains("rbind") ? .all : .one }

func absolute(_ path: String, _ bundle: String) -> String { path.hasPrefix("/") ? path : bundle + "/" + path }
