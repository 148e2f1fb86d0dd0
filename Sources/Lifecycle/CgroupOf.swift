public import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Store

extension Runtime {
    /// Where the container's cgroup is to be, and who makes it.
    func site(_ config: Config, _ id: ContainerID, _ host: HostCgroups) throws(LifecycleError) -> Site {
        if settings.cgroupDriver == .systemd { return .unit(try designUnit(config, id)) }
        do throws(CgroupsError) {
            return .directory(try Placement(cgroupsPath: config.linux.cgroupsPath, id: id.text, on: host))
        } catch {
            if try isRootless && config.linux.cgroupsPath.isEmpty { return .callers }
            throw LifecycleError("\(error)")
        }
    }

    /// Whether cgroup permission errors are to be passed over.
    ///
    /// Root of no more than a user namespace, as rootless podman's runtime is, has no rights over cgroups by that.
    var isRootless: Bool {
        get throws(LifecycleError) {
            switch settings.rootless {
            case .yes: true
            case .no: false
            case .auto:
                if OwnIDs().effectiveUID != 0 {
                    true
                } else {
                    try failing { () throws(LaunchError) in try isInUserNamespace() }
                }
            }
        }
    }

    /// Makes the container's cgroup, with its limits and device rules in force before anyone of the container is in it.
    ///
    /// None without the rights to make one, where a rootless caller set no limit.
    func makeCgroup(
        _ design: Design, _ directory: borrowing StateDirectory, _ warnings: inout [String]
    ) throws(LifecycleError) -> Housing {
        switch design.site {
        case .callers: return Housing(nil)
        case .directory(let placement):
            try intend(design, placement.path, directory)
            warnings += design.blueprint.limits.warnings
            return Housing(try makeDirectory(placement, design, &warnings))
        case .unit(let unit):
            warnings += design.blueprint.limits.warnings
            var housing = try makeUnit(unit, design, directory)
            do throws(LifecycleError) {
                try configure(housing, design, &warnings)
                try housing.makeRoom()
            } catch {
                do throws(LifecycleError) { try housing.vacate() } catch let second {
                    throw LifecycleError("\(error); and its unit could not be stopped: \(second)")
                }
                throw error
            }
            return housing
        }
    }

    private func makeDirectory(
        _ placement: Placement, _ design: Design, _ warnings: inout [String]
    ) throws(LifecycleError) -> Cgroup? {
        do throws(CgroupsError) {
            let cgroup = try Cgroup.create(placement, controllers: design.blueprint.limits.controllers)
            do throws(CgroupsError) { try configure(cgroup, design, &warnings) } catch {
                try cgroup.removeMade()
                throw error
            }
            return cgroup
        } catch {
            guard try isRootless, design.blueprint.limits.controllers.isEmpty, isForbidden(error) else { throw LifecycleError("\(error)") }
            warnings.append("\(error): continuing without a cgroup")
            return nil
        }
    }

    private func configure(
        _ housing: borrowing Housing, _ design: Design, _ warnings: inout [String]
    ) throws(LifecycleError) {
        switch housing.cgroup {
        case .none: break
        case .some(let cgroup):
            do throws(CgroupsError) { try configure(cgroup, design, &warnings) } catch { throw LifecycleError("\(error)") }
        }
    }

    private func configure(
        _ cgroup: borrowing Cgroup, _ design: Design, _ warnings: inout [String]
    ) throws(CgroupsError) {
        warnings += try design.blueprint.furnish(cgroup)
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
public func placement(_ path: String) -> Placement {
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
