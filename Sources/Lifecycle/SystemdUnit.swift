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
    /// The container's.
    let limits: Cgroups.Limits

    init(_ connection: consuming UnitConnection, _ placeholder: consuming Placeholder?, _ start: UnitStart, _ limits: Cgroups.Limits) {
        self.connection = connection
        self.placeholder = placeholder
        self.start = start
        self.limits = limits
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
    func makeUnit(_ unit: UnitDesign, _ design: Design, _ directory: borrowing StateDirectory) throws(LifecycleError) -> Housing {
        let limits = design.blueprint.limits
        var connection = try failing { () throws(SystemdError) in try UnitConnection.open(unit.name, of: unit.instance) }
        let root = connection.root
        try intend(design, try expected(unit.name, root).path, directory)
        let settings = try failing { () throws(SystemdError) in
            try limitProperties(fileSettings(limits.writes), version: connection.version, .creation)
        }
        let placeholder = unit.name.kind == .scope ? try failing { () throws(LaunchError) in try Placeholder() } : nil
        let process: Int32?
        switch placeholder {
        case .some(let placeholder): process = placeholder.pid
        case .none: process = nil
        }
        let properties = creationProperties(of: unit.name, id: design.id.text, process: process, version: connection.version)
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
        var held = HeldUnit(connection, placeholder, start, limits)
        do throws(LifecycleError) {
            let placement = try placement(of: unit.name, process, root)
            let cgroup = try failing { () throws(CgroupsError) in
                try Cgroup.adopt(placement, controllers: limits.controllers, heldBy: process)
            }
            return Housing(cgroup, held)
        } catch {
            do throws(LifecycleError) { try held.giveBack() } catch let second {
                throw LifecycleError("\(error); and its unit could not be stopped: \(second)")
            }
            throw error
        }
    }

    /// Where systemd has put the unit: the process in it knows.
    private func placement(of unit: UnitName, _ process: Int32?, _ root: String) throws(LifecycleError) -> Placement {
        guard let process else { return try expected(unit, root) }
        do throws(CgroupsError) {
            let host = try HostCgroups.of(process)
            guard let path = host.own, Path.lastComponent(path) == unit.text else {
                throw .unavailable(
                    "systemd put process \(process) not into \(unit.text) but into \"\(host.own ?? "")\": it may be one without cgroup v2, "
                        + "or of another pid namespace")
            }
            return try Placement(ofCgroup: path, on: host)
        } catch { throw LifecycleError("\(error)") }
    }

    /// Where systemd, whose units are below `root`, is going to put the unit (systemd.slice(5)).
    private func expected(_ unit: UnitName, _ root: String) throws(LifecycleError) -> Placement {
        try failing { () throws(CgroupsError) in
            try Placement(ofCgroup: root + "/" + unit.levels.joined(separator: "/"), on: try HostCgroups.current())
        }
    }

    /// Has systemd end the unit of a container, if there is one, and forget it.
    func stopUnit(of record: Record) throws(LifecycleError) -> UnitEnd {
        guard record.cgroupDriver == .systemd, let unit = UnitName(cgroupPath: record.cgroupPath) else { return .gone }
        do throws(SystemdError) {
            var connection = try UnitConnection.open(unit, of: record.isRootless ? .user : .system)
            if unit.kind == .slice, let description = try connection.property("Description"),
                description != (try unitDescription(id: record.id, record.annotations))
            {
                return .shared
            }
            try connection.stop()
            return .gone
        } catch {
            // An empty scope goes away alone.
            guard unit.kind == .scope else { throw LifecycleError("\(error)") }
            return .left("\(error)")
        }
    }
}

/// What came of the attempt to end a unit.
enum UnitEnd {
    case gone
    /// A slice that was there before the container: others may be in it.
    case shared
    /// It could not be ended, for that reason. systemd does it once nobody is in it.
    case left(String)
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
