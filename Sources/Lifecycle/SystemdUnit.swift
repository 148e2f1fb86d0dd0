internal import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Store
internal import Systemd

/// What was decided about the unit of systemd that a container is to be.
struct UnitDesign {
    let name: UnitName
    let instance: Instance
    let annotated: [UnitProperty]
}

/// The unit of a container that is being made.
struct HeldUnit: ~Copyable {
    private var connection: UnitConnection
    /// Keeps a scope until the container's own process is in it; a slice needs none.
    private let placeholder: Placeholder?
    private let start: UnitStart

    init(_ connection: consuming UnitConnection, _ placeholder: consuming Placeholder?, _ start: UnitStart) {
        self.connection = connection
        self.placeholder = placeholder
        self.start = start
    }

    /// A scope lives on with the container's own process.
    func settle() throws(LifecycleError) {
        switch placeholder {
        case .some(let placeholder):
            do throws(LaunchError) { try placeholder.end() } catch { throw LifecycleError("\(error)") }
        case .none: break
        }
    }

    mutating func giveBack() throws(LifecycleError) {
        try settle()
        // A slice that was there before has others in it.
        guard start == .made else { return }
        do throws(SystemdError) { try connection.stop() } catch { throw LifecycleError("\(error)") }
    }
}

extension Runtime {
    func designUnit(_ config: Config, _ id: ContainerID) throws(LifecycleError) -> UnitDesign {
        let instance = try systemdInstance()
        return try failing { () throws(SystemdError) in
            UnitDesign(
                name: try UnitName(cgroupsPath: config.linux.cgroupsPath, id: id.text, of: instance), instance: instance,
                annotated: try annotatedProperties(config.annotations))
        }
    }

    /// Whose systemd is asked. Root of no more than a user namespace, who cannot be told by a uid, is known by the system's bus being
    /// somebody else's.
    private func systemdInstance() throws(LifecycleError) -> Instance {
        switch settings.rootless {
        case .yes: return .user
        case .no: return .system
        case .auto:
            let uid = OwnIDs().effectiveUID
            guard uid == 0 else { return .user }
            let bus = try failing { () throws(SystemdError) in try BusAddress.of(.system) }
            do throws(SyscallError) { return try Kernel.status(of: bus.path).uid == uid ? .system : .user } catch {
                // That there is none is told when it is called.
                return .system
            }
        }
    }

    /// Has systemd make the unit, with its limits, and opens its cgroup.
    func makeUnit(_ unit: UnitDesign, _ id: ContainerID, _ limits: Cgroups.Limits) throws(LifecycleError) -> Housing {
        var connection = try failing { () throws(SystemdError) in try UnitConnection.open(unit.name, of: unit.instance) }
        let settings = try failing { () throws(SystemdError) in
            try limitProperties(fileSettings(limits.writes), version: connection.version, .creation)
        }
        let placeholder = unit.name.kind == .scope ? try failing { () throws(LaunchError) in try Placeholder() } : nil
        let process: Int32?
        switch placeholder {
        case .some(let placeholder): process = placeholder.pid
        case .none: process = nil
        }
        let properties = creationProperties(of: unit.name, id: id.text, process: process, version: connection.version)
        let start: UnitStart
        do throws(SystemdError) { start = try connection.start(properties + settings + unit.annotated) } catch {
            // Without its process a scope whose start comes too late fails.
            switch placeholder {
            case .some(let placeholder):
                do throws(LaunchError) { try placeholder.end() } catch let second { throw LifecycleError("\(error); and \(second)") }
            case .none: break
            }
            throw LifecycleError("\(error)")
        }
        let root = connection.root
        var held = HeldUnit(connection, placeholder, start)
        do throws(LifecycleError) {
            let placement = try placement(of: unit.name, process, root)
            return Housing(try failing { () throws(CgroupsError) in try Cgroup.adopt(placement, controllers: limits.controllers) }, held)
        } catch {
            do throws(LifecycleError) { try held.giveBack() } catch let second {
                throw LifecycleError("\(error); and its unit could not be stopped: \(second)")
            }
            throw error
        }
    }

    /// Where systemd has put the unit: the process in it knows.
    private func placement(of unit: UnitName, _ process: Int32?, _ root: String) throws(LifecycleError) -> Placement {
        do throws(CgroupsError) {
            guard let process else {
                return try Placement(ofCgroup: root + "/" + unit.levels.joined(separator: "/"), on: try HostCgroups.current())
            }
            let host = try HostCgroups.of(process)
            guard let path = host.own, Path.lastComponent(path) == unit.text else {
                throw .unavailable(
                    "systemd put process \(process) not into \(unit.text) but into \"\(host.own ?? "")\": it may be one without cgroup v2, "
                        + "or of another pid namespace")
            }
            return try Placement(ofCgroup: path, on: host)
        } catch { throw LifecycleError("\(error)") }
    }

    /// Has systemd end the unit of a container and forget it. What it did not do is no error by itself: an empty unit goes away alone.
    func stopUnit(of record: Record) -> [String] {
        guard record.cgroupDriver == .systemd, let unit = UnitName(cgroupPath: record.cgroupPath) else { return [] }
        do throws(SystemdError) {
            var connection = try UnitConnection.open(unit, of: record.isRootless ? .user : .system)
            try connection.stop()
            return []
        } catch { return ["\(error)"] }
    }
}

/// Tells systemd, if it has made the container's cgroup, what is about to be written to its files.
func tellSystemd(_ writes: [Write], of record: Record) throws(LifecycleError) {
    guard record.cgroupDriver == .systemd, let unit = UnitName(cgroupPath: record.cgroupPath) else { return }
    try failing { () throws(SystemdError) in
        var connection = try UnitConnection.open(unit, of: record.isRootless ? .user : .system)
        try connection.set(try limitProperties(fileSettings(writes), version: connection.version, .update))
    }
}

private func fileSettings(_ writes: [Write]) -> [FileSetting] { writes.map { FileSetting($0.file, $0.value, $0.field) } }

/// The resources with a quota that systemd has words for, and so does not write another one.
func aligned(_ resources: Resources) -> Resources {
    var resources = resources
    if let quota = resources.cpu.quota { resources.cpu.quota = alignedQuota(quota, period: resources.cpu.period ?? 0) }
    return resources
}
