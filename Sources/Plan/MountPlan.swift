internal import CLinux
internal import Spec
internal import Steps

extension Planner {
    /// Opens the sources of all bind mounts, in slots numbered as the mounts are.
    mutating func addMountSources() throws(PlanError) {
        for (index, mount) in config.mounts.enumerated() {
            let field = "/mounts/\(index)"
            let options = MountOptions(mount.options)
            try check(mount, options, field)
            var slot = Slot.root
            if options.isBind {
                guard !mount.source.isEmpty else { throw PlanError("\(field)/source", "a bind mount needs one") }
                let source = mount.source.first == "/" ? mount.source : facts.bundle + "/" + mount.source
                slot = newSlot()
                let path = try text(source, "\(field)/source")
                if let maps = try idMaps(of: mount, options, field) {
                    plan.mappedSources.append(MappedSource(
                        path: source, mapped: options.idMap == .all ? .all : .one, maps: maps, slot: slot, field: field))
                    add(.openMappedTree(path, options.isRecursiveBind ? .all : .one, slot))
                } else {
                    add(.openTree(path, options.isRecursiveBind ? .all : .one, slot))
                }
            } else if mount.type == "cgroup" || mount.type == "cgroup2", isUnprivileged {
                slot = try addCgroupStandIn(field)
            }
            mountSlots.append(slot)
        }
    }

    /// What is mounted where the kernel refuses cgroup2: without a cgroup namespace the host's tree, as the container would see it
    /// anyway; with one its own cgroup, for the rest is hidden from it (CVE-2023-25809).
    private mutating func addCgroupStandIn(_ field: String) throws(PlanError) -> Slot {
        let slot = newSlot()
        guard namespace(.cgroup) == nil else {
            plan.ownCgroups.append(slot)
            return slot
        }
        guard !facts.cgroupMountPoint.isEmpty else { throw PlanError("\(field)/type", "the host has no cgroup2 mount") }
        add(.openTree(try text(facts.cgroupMountPoint, field), .all, slot))
        return slot
    }

    mutating func addMounts() throws(PlanError) {
        for (index, mount) in config.mounts.enumerated() {
            let field = "/mounts/\(index)"
            let options = MountOptions(mount.options)
            let target = try text(destination(mount), "\(field)/destination")
            if options.isBind {
                add(.bind(bindStep(mountSlots[index], target, mount, options)))
            } else {
                try addFileSystem(mount, options, target, mountSlots[index], field)
            }
        }
    }

    /// What became read-only only after everything had been put in it.
    mutating func addReadonlyRemounts() {
        for (slot, path) in lateReadonly { add(.remountReadonly(slot, path)) }
    }

    private mutating func addFileSystem(
        _ mount: Mount, _ options: MountOptions, _ target: CText, _ slot: Slot, _ field: String
    ) throws(PlanError) {
        guard !mount.type.isEmpty else { throw PlanError("\(field)/type", "is required unless the mount is a bind") }
        let isCgroup = mount.type == "cgroup" || mount.type == "cgroup2"
        var flags = options.wanted
        var isLateReadonly = false
        // Mount points inside it are yet to be made.
        if flags & clinux_MS_RDONLY != 0 && (mount.type == "tmpfs" || destination(mount) == "/dev") {
            flags &= ~clinux_MS_RDONLY
            isLateReadonly = true
        }
        var data = isCgroup ? [] : options.data
        if !config.linux.mountLabel.isEmpty && ["tmpfs", "mqueue", "devpts", "shm"].contains(mount.type) {
            data.append("context=\"\(config.linux.mountLabel)\"")
        }
        let joined = data.joined(separator: ",")
        // mount(2) takes one page, the NUL included.
        guard joined.utf8.count < 4096 else { throw PlanError("\(field)/options", "are longer than a page") }
        var step = MountStep(
            source: try text(mount.source.isEmpty ? mount.type : mount.source, "\(field)/source"), target: target,
            type: try text(isCgroup ? "cgroup2" : mount.type, "\(field)/type"), flags: flags,
            data: try text(joined, "\(field)/options"))
        step.propagation = options.propagation
        step.recursiveSet = options.recursiveSet
        step.recursiveClear = options.recursiveClear
        if mount.type == "tmpfs" && !options.data.contains(where: { $0.hasPrefix("mode=") }) { step.mode = .kept }
        if mount.type == "proc" || mount.type == "sysfs" { step.targetRule = .refuseLinks }
        if isCgroup && slot != .root { step.fallback = slot }
        if isLateReadonly || options.copiesUp { step.mounted = newSlot() }
        if options.copiesUp { step.covered = newSlot() }
        add(.mount(step))
        if let covered = step.covered, let mounted = step.mounted { add(.copyUp(from: covered, into: mounted, target)) }
        if isLateReadonly, let mounted = step.mounted { lateReadonly.append((mounted, target)) }
    }

    private func bindStep(_ slot: Slot, _ target: CText, _ mount: Mount, _ options: MountOptions) -> BindStep {
        var step = BindStep(tree: slot, target: target)
        if options.hasFlags {
            step.set = MountOptions.attributes(options.wanted)
            step.mustClear = MountOptions.attributes(options.cleared)
            let own = clinux_MS_RDONLY | clinux_MS_NOSUID | clinux_MS_NODEV | clinux_MS_NOEXEC | clinux_MS_NODIRATIME
                | clinux_MS_NOSYMFOLLOW
            step.clear = MountOptions.attributes(own) & ~step.set
            // The access time mode is one value: it is cleared whole, and stays as it is when not spoken of.
            if (options.wanted | options.cleared) & MountOptions.accessTimes != 0 {
                step.clear |= UInt64(MOUNT_ATTR__ATIME)
                step.mustClear = step.mustClear & ~UInt64(MOUNT_ATTR__ATIME) | UInt64(MOUNT_ATTR__ATIME)
            }
        }
        step.recursiveSet = options.recursiveSet
        step.recursiveClear = options.recursiveClear
        step.propagation = options.propagation
        if coverableProcFiles.contains(destination(mount)) { step.coversProc = .allowed }
        return step
    }

    /// Its own maps, or those of the container's user namespace; mappings alone ask for `idmap` (runtime-spec config.md).
    private func idMaps(of mount: Mount, _ options: MountOptions, _ field: String) throws(PlanError) -> IDMaps? {
        let hasOwn = !mount.uidMappings.isEmpty
        guard options.idMap != nil || hasOwn else { return nil }
        guard !isUnprivilegedCaller else { throw PlanError(field, "id-mapped mounts need rights over the host") }
        if hasOwn { return IDMaps(uids: mount.uidMappings, gids: mount.gidMappings) }
        guard isNew(.user) else {
            throw PlanError("\(field)/options", "an id-mapped mount needs mappings of its own or a new user namespace")
        }
        return IDMaps(uids: config.linux.uidMappings, gids: config.linux.gidMappings)
    }

    private var isUnprivilegedCaller: Bool { facts.isInUserNamespace || facts.uid != 0 }

    private func check(_ mount: Mount, _ options: MountOptions, _ field: String) throws(PlanError) {
        if options.isBind && !options.data.isEmpty {
            throw PlanError(
                "\(field)/options",
                "bind mounts cannot have any filesystem-specific options applied, found \"\(options.data.joined(separator: ","))\"")
        }
        if options.copiesUp && mount.type != "tmpfs" {
            throw PlanError("\(field)/options", "tmpcopyup is for tmpfs, found type \"\(mount.type)\"")
        }
        if !options.isBind && (options.idMap != nil || !mount.uidMappings.isEmpty) {
            throw PlanError(field, "only a bind mount can be id-mapped")
        }
        let place = destination(mount)
        if place == "/" { throw PlanError("\(field)/destination", "cannot be the root") }
        if place == "/proc" {
            let isProc = options.isBind ? cleanPath(mount.source) == "/proc" : mount.type == "proc"
            if !isProc { throw PlanError("\(field)/destination", "only proc may be mounted on /proc") }
        } else if place.hasPrefix("/proc/") && !coverableProcFiles.contains(place) {
            throw PlanError("\(field)/destination", "\"\(place)\" cannot be mounted because it is inside /proc")
        }
    }

    /// Relative ones are deprecated and count from the root (runtime-spec config.md).
    func destination(_ mount: Mount) -> String { cleanPath("/" + mount.destination) }
}

/// What lxcfs puts over a container's /proc.
private let coverableProcFiles: Set<String> = [
    "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg",
    "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
]

/// The path without `.`, `..` and doubled slashes, by its text alone.
func cleanPath(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
        if part == ".." {
            _ = parts.popLast()
        } else {
            parts.append(part)
        }
    }
    return "/" + parts.joined(separator: "/")
}
