public import Spec
internal import Steps

/// Decides everything about a launch. Pure: no system call is made, and the same input gives the same plan.
public func plan(_ config: Config, _ request: LaunchRequest, _ facts: HostFacts) throws(PlanError) -> LaunchPlan {
    guard let process = config.process else { throw PlanError("/process", "is required to create a container") }
    var planner = Planner(config, request, facts)
    planner.plan.passedDescriptors = request.preservedDescriptors
    try planner.check(process)
    try planner.addSteps(process)
    return planner.plan
}

extension Planner {
    /// The one order of a container's set-up, with the reason for each position.
    mutating func addSteps(_ process: Process) throws(PlanError) {
        // First: modes of files and directories below are meant exactly.
        add(.setUmask(0))
        // Before anything else is done, so that all of it happens in the container's namespaces.
        // Unseen by those whose namespaces it joins (CVE-2016-9962); with a new user namespace after its id maps were written,
        // unless the host's root writes them: he alone can, for the files in /proc of a process that is not dumpable are his.
        if hidesBeforeJoining { add(.becomeUndumpable) }
        try addNamespaces()
        if !hidesBeforeJoining { add(.becomeUndumpable) }
        // While the process is still the user who called, who can reach sources that root of the user namespace cannot;
        // and after the mounts became slaves, so that the copies are slaves too.
        try addRootSources()
        if namespace(.user) != nil { add(.becomeRoot) }
        // A change of ids would take it back. prctl(2).
        add(.dieWithParent)
        add(.newSession)
        if let name = request.keyringName { add(.newKeyring(try text(name, "/id"))) }
        // In the container's cgroup, which becomes the root of the namespace.
        addCgroupNamespace()
        if isNew(.network) { add(.bringLoopbackUp) }
        try addNames()
        try addRoot()
        try addMounts()
        // After the mounts: they live on the tmpfs at /dev.
        try addDevices()
        // When the file systems stand and the host's paths are still there.
        try addCreateHooks()
        try addRootEntry()
        // After the hooks, which may still change the image; before anything becomes read-only.
        addNullDevice()
        add(.makeDirectory(try text(process.workingDirectory, "/process/cwd")))
        if process.hasTerminal { addTerminal(process, .mounted) }
        addReadonlyRemounts()
        if config.root.isReadonly { add(.makeRootReadonly) }
        // Before /proc/sys becomes read-only.
        try addSysctls()
        try addHiddenPaths()
        try addProcess(process)
        add(.await(.ready))
        add(.waitAtGate)
        try addStartHooks(process)
        add(.tellStart)
        addExecution()
    }

    /// What a container's init and a process that joins it have in common: from the host's rights to those of the program.
    mutating func addProcess(_ process: Process) throws(PlanError) {
        // While there are rights to do so.
        try addScheduling(process)
        try addIdentityBeforeFilter(process)
        if !process.hasNoNewPrivileges {
            // Without no_new_privs loading a filter takes CAP_SYS_ADMIN, which is about to go.
            addFilter()
            try addIdentity(process)
        } else {
            try addIdentity(process)
            // Last, so that the filter need not allow what comes before.
            addFilter()
        }
        // Only read, write and execve from here on.
    }
}
