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

    /// Makes the container's cgroup; nil without rights to, where a rootless caller set nothing that needs one.
    func makeCgroup(_ design: Design, _ warnings: inout [String]) throws(LifecycleError) -> Cgroup? {
        guard let placement = design.placement else { return nil }
        do throws(CgroupsError) {
            return try Cgroup.create(placement, controllers: [])
        } catch {
            guard isRootless else { throw LifecycleError("\(error)") }
            warnings.append("\(error): continuing without a cgroup")
            return nil
        }
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
