internal import CLinux
public import Cgroups
internal import Filters
public import Kernel
public import Plan
public import Spec
internal import Steps

/// A container's init that has done everything but start: it waits at the gate until it is let go and told to start.
public struct ParkedInit: ~Copyable {
    public let pid: Int32
    public let pidfd: PidFD
    /// The master of its terminal, if it has one.
    public var terminal: OwnedFD?
    let conversation: OwnedFD

    /// Ends the conversation: from here on the init outlives the runtime.
    public func letGo() throws(LaunchError) {
        do throws(SyscallError) { try answer(conversation) } catch { throw .prepare("let container init go", error) }
    }

    /// Waits until it has executed its program, once it was let go: for a process without a gate.
    public func execution(of plan: LaunchPlan) throws(LaunchError) {
        var none: OwnedFD?
        let word: Word
        do throws(SyscallError) { word = try listen(conversation, &none) } catch { throw .prepare("wait for execve", error) }
        guard case .failed(let index, let value) = word, plan.steps.indices.contains(index) else { return }
        throw failure(of: plan.steps[index], value, hookOutput: "")
    }

    /// Kills it and waits for its end.
    public func kill() throws(SyscallError) { try end(pidfd) }
}

/// What a launch needs besides its plan.
public struct LaunchInputs: ~Copyable {
    public var config: Config
    /// For hooks; its pid is filled in.
    public var state: State
    /// The two fifos of the gate, each opened for reading and writing; a process that joins a container has none.
    public var gate: OwnedFD?
    public var report: OwnedFD?
    /// The init of the container that is joined.
    public var target: OwnedFD?

    public init(config: Config, state: State, gate: consuming OwnedFD, report: consuming OwnedFD) {
        self.config = config
        self.state = state
        self.gate = consume gate
        self.report = consume report
        target = nil
    }

    /// For a process that joins `target`.
    public init(config: Config, state: State, joining target: consuming OwnedFD) {
        self.config = config
        self.state = state
        gate = nil
        report = nil
        self.target = consume target
    }
}

/// Carries out a plan up to the gate. On failure the child is gone.
public func launch(
    _ plan: LaunchPlan, _ inputs: borrowing LaunchInputs, in cgroup: borrowing Cgroup?
) throws(LaunchError) -> ParkedInit {
    let state = inputs.state
    let config = inputs.config
    let slots = try fillSlots(plan, inputs)
    let parent: Parent
    do throws(SyscallError) {
        let proc = try ProcFS.open()
        if let owner = plan.streamOwner { try giveStreams(to: owner) }
        slots.put(try proc.descriptor.duplicate(), in: .proc)
        for slot in plan.ownCgroups { try putTree(of: cgroup, in: slot, slots) }
        let output = try makeMemoryFile("hooks")
        slots.put(try output.duplicate(), in: .hookOutput)
        let child = try clone(
            plan.steps, slots, flags: plan.cloneFlags, cgroup: cgroupDescriptor(cgroup), passing: plan.passedDescriptors,
            oomScoreAdj: plan.oomScoreAdj, proc)
        parent = Parent(
            plan: plan, config: config, state: state, proc: proc, output: output, conversation: child.conversation,
            pid: child.pid, pidfd: child.pidfd, terminal: nil, received: nil)
    } catch { throw .prepare("clone container init", error) }
    return try parent.park()
}

func cgroupDescriptor(_ cgroup: borrowing Cgroup?) -> Int32 {
    switch cgroup {
    case .some(let cgroup): cgroup.directory.raw
    case .none: -1
    }
}

/// Kills a child and waits for its end.
func end(_ pidfd: borrowing PidFD) throws(SyscallError) {
    try ignoring(.noProcess) { () throws(SyscallError) in try pidfd.send(.kill) }
    try ignoring(.noChild) { () throws(SyscallError) in _ = try pidfd.wait() }
}

/// A detached mount of the cgroup, to be put into the container. A user may not make one: in its place an empty directory is what is seen
/// where the kernel refuses cgroup2.
private func putTree(of cgroup: borrowing Cgroup?, in slot: Slot, _ slots: Slots) throws(SyscallError) {
    let directory = cgroupDescriptor(cgroup)
    guard directory >= 0 else { return }
    let flags = UInt32(OPEN_TREE_CLONE) | UInt32(O_CLOEXEC) | UInt32(AT_EMPTY_PATH)
    let tree = unsafe clinux_open_tree(directory, "", flags)
    if tree == 0 - EPERM { return }
    guard tree >= 0 else { throw SyscallError("open_tree", "the container's cgroup", Errno(rawValue: 0 - tree)) }
    slots.put(OwnedFD(adopting: tree), in: slot)
}

/// Pipes among the standard streams, so that the container's user can open them anew; root of its namespace could not give them.
private func giveStreams(to uid: UInt32) throws(SyscallError) {
    for stream: Int32 in 0..<3 {
        let fd = try OwnedFD(duplicating: stream)
        let known = try status(of: fd)
        guard known.kind == .fifo, known.uid != uid else { continue }
        try ignoring(.notPermitted, .readOnly, .invalid) { () throws(SyscallError) in
            try changeOwner(of: fd, uid: uid, gid: known.gid)
        }
    }
}
