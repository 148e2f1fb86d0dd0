internal import CLinux
internal import Spec
internal import Steps

extension Propagation {
    /// Its MS_* flags.
    var flags: UInt64 {
        switch self {
        case .shared: clinux_MS_SHARED
        case .slave: clinux_MS_SLAVE
        case .private: clinux_MS_PRIVATE
        case .unbindable: clinux_MS_UNBINDABLE
        case .rshared: clinux_MS_SHARED | clinux_MS_REC
        case .rslave: clinux_MS_SLAVE | clinux_MS_REC
        case .rprivate: clinux_MS_PRIVATE | clinux_MS_REC
        case .runbindable: clinux_MS_UNBINDABLE | clinux_MS_REC
        }
    }
}

extension Planner {
    private var propagation: UInt64 { config.linux.rootfsPropagation?.flags ?? clinux_MS_SLAVE | clinux_MS_REC }

    /// Copies what will be mounted while the host's paths mean what they mean to the caller.
    mutating func addRootSources() throws(PlanError) {
        let isLeaving = propagation & (clinux_MS_SHARED) == 0
        // Of all mounts, or the root would be mounted on one that the host shares, and appear there too. Unbindable mounts could
        // not be copied; they become so at the end.
        let unshared = propagation & clinux_MS_UNBINDABLE != 0 ? clinux_MS_PRIVATE : propagation
        let early = isLeaving ? unshared | clinux_MS_REC : propagation
        add(.setPropagation(early))
        if !isLeaving {
            // pivot_root(2) refuses a parent mount that is shared.
            let path = try text(facts.rootfsMountPoint, "/root/path")
            add(.setMountPropagation(path, clinux_MS_PRIVATE))
        }
        let rootfs = try text(facts.rootfs, "/root/path")
        add(.openTree(rootfs, .all, rootTree))
        try addMountSources()
        try addDeviceSources()
    }

    var rootTree: Slot { .root }

    mutating func addRoot() throws(PlanError) {
        let rootfs = try text(facts.rootfs, "/root/path")
        add(.attachStaging(rootfs))
        add(.attachRoot(rootTree, rootfs))
    }

    mutating func addRootEntry() throws(PlanError) {
        switch request.rootChange {
        case .pivot: add(.enterRoot(.pivot))
        case .move:
            if let wanted = config.linux.rootfsPropagation, [.private, .rprivate].contains(wanted) {
                throw PlanError("/linux/rootfsPropagation", "private cannot be had without pivot_root")
            }
            // A full proc or sysfs of the host stays mounted underneath the new root otherwise.
            for path in facts.kernelMountPoints where !isBelow(path, facts.rootfs) {
                add(.coverMount(try text(path, "/root/path")))
            }
            add(.enterRoot(.move))
        }
        // What was asked for, now that nothing of the host can be reached by it.
        if propagation & (clinux_MS_SHARED | clinux_MS_UNBINDABLE) != 0 { add(.setRootPropagation(propagation)) }
    }

    private func isBelow(_ path: String, _ directory: String) -> Bool {
        path == directory || path.hasPrefix(directory == "/" ? "/" : directory + "/")
    }

    mutating func addHiddenPaths() throws(PlanError) {
        for (index, path) in config.linux.readonlyPaths.enumerated() {
            add(.makeReadonly(try text(path, "/linux/readonlyPaths/\(index)")))
        }
        var seen: Set<String> = []
        for (index, path) in config.linux.maskedPaths.enumerated() where seen.insert(path).inserted {
            add(.mask(try text(path, "/linux/maskedPaths/\(index)")))
        }
    }

    mutating func addTerminal(_ process: Process, _ console: TerminalStep.Console) {
        let size = process.consoleSize
        add(.openTerminal(TerminalStep(height: size?.height ?? 0, width: size?.width ?? 0, console)))
    }
}
