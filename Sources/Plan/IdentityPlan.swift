internal import Spec
internal import Steps

extension Planner {
    /// What takes rights, and what a strict filter may forbid.
    mutating func addIdentityBeforeFilter(_ process: Process) throws(PlanError) {
        plan.oomScoreAdj = process.oomScoreAdj
        plan.streamOwner = hostID(process.user.uid)
        try addEnvironment(process)
        add(.setUmask(process.user.umask))
        add(.enterWorkingDirectory(try text(process.workingDirectory, "/process/cwd"), .mayRetry))
        if !process.apparmorProfile.isEmpty {
            add(.setExecLabel(.apparmor, try text("exec " + process.apparmorProfile, "/process/apparmorProfile")))
        }
        if !process.selinuxLabel.isEmpty {
            add(.setExecLabel(.selinux, try text(process.selinuxLabel, "/process/selinuxLabel")))
        }
        if process.hasNoNewPrivileges { add(.setNoNewPrivileges) }
        if !process.rlimits.isEmpty {
            plan.rlimits = process.rlimits
            add(.await(.setLimits))
        }
        if plan.target == nil && !config.hooks.startContainer.isEmpty { plan.startContainerState = newSlot() }
        // Before the program is looked for, by a path that could lead through a descriptor.
        add(.keepDescriptors(Int32(request.preservedDescriptors), state: plan.startContainerState))
        add(.resetSignals)
        // From here the parent's death shows as the end of the conversation.
        add(.outliveParent)
    }

    /// The host's id of a container's, where a new user namespace maps it.
    private func hostID(_ uid: UInt32) -> UInt32? {
        guard isNew(.user) else { return nil }
        for mapping in config.linux.uidMappings where uid >= mapping.containerID && uid - mapping.containerID < mapping.size {
            return mapping.hostID + (uid - mapping.containerID)
        }
        return nil
    }

    mutating func addFilter() {
        guard let filter = request.filter else { return }
        add(.loadFilter(FilterStep(
            program: plan.pool.intern(filter.instructions), flags: filter.flags,
            listener: filter.hasListener ? .sent : .none)))
    }

    /// The bounding set needs CAP_SETPCAP and the groups CAP_SETGID: both before the user changes; the other sets after, since
    /// the change clears them.
    mutating func addIdentity(_ process: Process) throws(PlanError) {
        let masks: CapabilityMasks? = if let sets = process.capabilities { capabilityMasks(sets) } else { nil }
        if let masks {
            add(.limitBounding(masks.bounding))
            add(.keepCapabilities)
        }
        add(.ownStreams(uid: process.user.uid))
        if isSetgroupsDenied {
            guard process.user.additionalGids.isEmpty else {
                throw PlanError("/process/user/additionalGids", "cannot set any additional groups in a rootless container")
            }
        } else {
            // The kernel keeps a group twice that is given twice; an engine gives one that is both its user's and asked for.
            var known: Set<UInt32> = []
            let groups = process.user.additionalGids.filter { known.insert($0).inserted }
            var bytes: [UInt8] = []
            for gid in groups {
                for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: gid >> shift)) }
            }
            add(.setGroups(plan.pool.intern(bytes), count: Int32(groups.count)))
        }
        add(.becomeUser(uid: process.user.uid, gid: process.user.gid))
        if let masks {
            add(.setCapabilities(
                effective: masks.effective, permitted: masks.permitted, inheritable: masks.inheritable))
            add(.raiseAmbient(masks.ambient))
        }
        // A directory of a network file system may be open to its user only.
        add(.enterWorkingDirectory(try text(process.workingDirectory, "/process/cwd"), .last))
        if let program { add(.findProgram(program)) }
    }

    /// Without rights over the host a process may map its own ids, but has to give up setgroups(2) for it.
    private var isSetgroupsDenied: Bool {
        facts.isSetgroupsDenied || (isNew(.user) && facts.uid != 0 && isOwnMap(config.linux.gidMappings))
    }

    private func isOwnMap(_ mappings: [IDMapping]) -> Bool {
        mappings.count == 1 && mappings[0].size == 1 && mappings[0].hostID == facts.gid
    }
}
