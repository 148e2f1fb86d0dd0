internal import Cgroups
internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    /// Where the container's cgroup is to be; nil where none can be and none is needed.
    func place(_ config: Config, _ id: ContainerID, _ host: HostCgroups) throws(LifecycleError) -> Placement? {
        do throws(CgroupsError) {
            return try Placement(cgroupsPath: config.linux.cgroupsPath, id: id.text, on: host)
        } catch {
            if isRootless && config.linux.cgroupsPath.isEmpty { return nil }
            throw LifecycleError("\(error)")
        }
    }

    /// Whether cgroup permission errors are to be passed over.
    var isRootless: Bool {
        switch settings.rootless {
        case .yes: true
        case .no: false
        case .auto: OwnIDs().effectiveUID != 0
        }
    }

    /// Makes the container's cgroup, with its limits and device rules in force before anyone is in it.
    ///
    /// nil without the rights to make one, where a rootless caller set no limit.
    func makeCgroup(_ design: Design, _ warnings: inout [String]) throws(LifecycleError) -> Cgroup? {
        guard let placement = design.placement else { return nil }
        warnings += design.limits.warnings
        do throws(CgroupsError) {
            let cgroup = try Cgroup.create(placement, controllers: design.limits.controllers)
            do throws(CgroupsError) { try configure(cgroup, design, &warnings) } catch {
                try cgroup.removeMade()
                throw error
            }
            return cgroup
        } catch {
            guard isRootless, design.limits.controllers.isEmpty, isForbidden(error) else { throw LifecycleError("\(error)") }
            warnings.append("\(error): continuing without a cgroup")
            return nil
        }
    }

    private func configure(
        _ cgroup: borrowing Cgroup, _ design: Design, _ warnings: inout [String]
    ) throws(CgroupsError) {
        warnings += try cgroup.apply(design.limits)
        let namespace: UserNamespace = design.isInUserNamespace ? .nested : .initial
        if let warning = try cgroup.restrictDevices(design.devices, in: namespace) { warnings.append(warning) }
        if let owner = delegatedOwner(design.config) { try cgroup.delegate(to: owner) }
    }

    /// Whether it was rights that were missing.
    private func isForbidden(_ error: CgroupsError) -> Bool {
        guard case .refused(_, let refusal) = error else { return false }
        return [.accessDenied, .notPermitted, .readOnly].contains(refusal.errno)
    }
}

/// The place of a cgroup whose directory is known: what is above the next mount point upwards is the host's.
///
/// Directories that are gone are passed over: the mount is still there.
func placement(_ path: String) -> Placement {
    var levels: [String] = []
    var directory = path
    while directory != "/" && !isMountPoint(directory) {
        levels.insert(Path.lastComponent(directory), at: 0)
        directory = Path.parent(directory)
    }
    return Placement(mountPoint: directory, levels: levels, layout: .unified)
}

private func isMountPoint(_ path: String) -> Bool {
    do throws(SyscallError) { return try status(of: path).isMountRoot } catch { return false }
}
