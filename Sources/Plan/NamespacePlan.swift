internal import CLinux
internal import Spec
internal import Steps

extension Namespace.Kind {
    /// Its CLONE_NEW* flag.
    var cloneFlag: UInt64 {
        switch self {
        case .pid: UInt64(CLONE_NEWPID)
        case .network: UInt64(CLONE_NEWNET)
        case .mount: UInt64(CLONE_NEWNS)
        case .ipc: UInt64(CLONE_NEWIPC)
        case .uts: UInt64(CLONE_NEWUTS)
        case .user: UInt64(CLONE_NEWUSER)
        case .cgroup: UInt64(CLONE_NEWCGROUP)
        case .time: UInt64(CLONE_NEWTIME)
        }
    }
}

extension Planner {
    /// One clone does it when no namespace has to be entered before another is made; else a first child joins what is to be
    /// joined and clones the container's init as its own sibling.
    mutating func addNamespaces() throws(PlanError) {
        try collectJoins()
        var new: UInt64 = 0
        for namespace in config.linux.namespaces where namespace.path.isEmpty { new |= namespace.kind.cloneFlag }
        // The cgroup namespace is made once the process is in its cgroup; the clock offsets are set before anyone is in the
        // time namespace.
        new &= ~UInt64(CLONE_NEWCGROUP | CLONE_NEWTIME)
        let joined = Set(plan.joins.map(\.kind))
        let joinsBeforeUser = isNew(.user) && !joined.isEmpty
        let mustFork = joined.contains(.pid) || joined.contains(.user) || joined.contains(.time)
            || joinsBeforeUser || isNew(.time)
        if isNew(.user) {
            plan.idMaps = IDMaps(uids: config.linux.uidMappings, gids: config.linux.gidMappings)
        }
        plan.cloneFlags = mustFork ? 0 : new
        addJoins()
        if mustFork {
            // From within a joined pid namespace the parent could not be told the pid of a second fork.
            let isTimeLast = isNew(.time) && isNew(.user) && !joined.contains(.pid)
            // Owned by the user namespace when one is joined, and needing its rights.
            if isNew(.time) && !isTimeLast { try addTimeNamespace() }
            // The first process of a pid namespace may not fork a sibling: it is made last.
            let last = isTimeLast ? UInt64(CLONE_NEWPID) : 0
            add(.fork(flags: new & ~last))
            if isNew(.user) { add(.await(.mapIDs)) }
            if isTimeLast {
                try addTimeNamespace()
                add(.fork(flags: new & last))
            }
        } else if isNew(.user) {
            add(.await(.mapIDs))
        }
    }

    /// Whether the process is hidden from the beginning, before those who live in a joined namespace could trace it.
    var hidesBeforeJoining: Bool {
        let joins = config.linux.namespaces.contains { !$0.path.isEmpty }
        return !isNew(.user) || (joins && facts.uid == 0 && !facts.isInUserNamespace)
    }

    /// Those that a joined user namespace does not own are joined while the rights to do so are still there, the others with
    /// the rights it gives.
    private mutating func addJoins() {
        if plan.joins.contains(where: { $0.kind == .user }) {
            for join in plan.joins where join.kind != .user { add(.joinNamespace(join.slot, type: join.type, .mayRetry)) }
        }
        for join in plan.joins { add(.joinNamespace(join.slot, type: join.type, .last)) }
    }

    private mutating func addTimeNamespace() throws(PlanError) {
        add(.unshare(flags: UInt64(CLONE_NEWTIME)))
        guard !config.linux.timeOffsets.isEmpty else { return }
        let lines = config.linux.timeOffsets.map { "\($0.clock.rawValue) \($0.seconds) \($0.nanoseconds)\n" }
        add(.setTimeOffsets(try text(lines.joined(), "/linux/timeOffsets")))
    }

    /// The user namespace first: it gives the rights to join those it owns.
    private mutating func collectJoins() throws(PlanError) {
        let order: [Namespace.Kind] = [.user, .ipc, .uts, .network, .pid, .cgroup, .time]
        for kind in order {
            let list = config.linux.namespaces
            guard let index = list.firstIndex(where: { $0.kind == kind }), !list[index].path.isEmpty else { continue }
            let field = "/linux/namespaces/\(index)/path"
            guard list[index].path.first == "/" else {
                throw PlanError(field, "must be an absolute path, found \"\(list[index].path)\"")
            }
            plan.joins.append(NamespaceJoin(
                kind: kind, path: list[index].path, type: Int32(truncatingIfNeeded: kind.cloneFlag), slot: newSlot(),
                field: field))
        }
    }

    mutating func addCgroupNamespace() {
        if isNew(.cgroup) { add(.unshare(flags: UInt64(CLONE_NEWCGROUP))) }
    }

    mutating func addNames() throws(PlanError) {
        if !config.hostname.isEmpty { add(.setHostname(try text(config.hostname, "/hostname"))) }
        if !config.domainname.isEmpty { add(.setDomainname(try text(config.domainname, "/domainname"))) }
    }
}
