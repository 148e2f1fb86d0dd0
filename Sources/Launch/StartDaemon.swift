internal import CLinux
public import Cgroups
internal import Kernel
internal import Steps

/// Starts a program, in `cgroup` where there is one; returns once it is executed. On failure nothing of it is left.
public func start(_ daemon: consuming Daemon, in cgroup: borrowing Cgroup? = nil) throws(LaunchError) -> StartedDaemon {
    let subject = "start \(daemon.name)"
    let pool = TextPool()
    do throws(SyscallError) { try occupyStreams(&daemon) } catch { throw .prepare(subject, error) }
    guard let steps = steps(daemon, pool) else { throw .unfit("\(subject): an argument contains a NUL byte") }
    let child: Clone
    do throws(SyscallError) {
        child = try clone(
            steps, daemon.slots, flags: flags(daemon.newNamespaces), cgroup: cgroupDescriptor(cgroup), oomScoreAdj: daemon.oomScoreAdj,
            try ProcFS.open())
    } catch { throw .prepare(subject, error) }
    do throws(LaunchError) {
        try awaitExecution(child, steps, daemon)
    } catch {
        do throws(SyscallError) { try end(child.pidfd) } catch let second {
            throw .unfit("\(error); and process \(child.pid) could not be ended: \(second)")
        }
        throw error
    }
    return StartedDaemon(pid: child.pid, pidfd: child.pidfd)
}

/// Lets it go once it says that it is ready, and waits for the end of the conversation, which execve(2) closes.
private func awaitExecution(_ child: borrowing Clone, _ steps: [Step], _ daemon: borrowing Daemon) throws(LaunchError) {
    let subject = "start \(daemon.name)"
    do throws(SyscallError) {
        var none: OwnedFD?
        var word = try listen(child.conversation, &none)
        let isReady = if case .milestone = word { true } else { false }
        if isReady {
            try answer(child.conversation)
            word = try listen(child.conversation, &none)
        }
        guard case .failed(let index, let value) = word, steps.indices.contains(index) else {
            if isReady { return }
            throw SyscallError("await its execution", "", .noProcess)
        }
        let act = if case .execute = steps[index] { daemon.path } else { "\(steps[index])" }
        throw SyscallError(act, "", Errno(rawValue: value))
    } catch { throw .prepare(subject, error) }
}

/// The null device for each stream that is not set.
private func occupyStreams(_ daemon: inout Daemon) throws(SyscallError) {
    for stream in StandardStream.allCases where daemon.streams[stream] == nil {
        try daemon.set(stream, to: try open("/dev/null", .readWrite))
    }
}

/// nil: an argument or a variable contains a NUL byte.
private func steps(_ daemon: borrowing Daemon, _ pool: TextPool) -> [Step]? {
    guard let program = program(daemon, pool), let directory = pool.intern("/") else { return nil }
    var steps: [Step] = []
    for join in daemon.joins { steps.append(.joinNamespace(join.slot, type: join.kind.flag, .last)) }
    // What it mounts is its own business; what the host unmounts later must not be kept.
    if daemon.newNamespaces.contains(.mount) { steps.append(.setPropagation(UInt64(clinux_MS_REC | clinux_MS_SLAVE))) }
    if daemon.session != .inherited { steps.append(.newSession) }
    for stream in StandardStream.allCases {
        if let slot = daemon.streams[stream] { steps.append(.passDescriptor(slot, as: stream.rawValue)) }
    }
    for (index, slot) in daemon.passed.enumerated() { steps.append(.passDescriptor(slot, as: 3 + Int32(index))) }
    if daemon.session == .ofTerminal { steps.append(.takeTerminal) }
    steps.append(.enterWorkingDirectory(directory, .last))
    steps += privilegeSteps(daemon.privileges, pool)
    steps += [.keepDescriptors(Int32(daemon.passed.count), state: nil), .resetSignals]
    // After the change of user, which forgets it (prctl(2)).
    if daemon.lifetime == .ofStarter { steps.append(.dieWithParent) }
    // A starter that ended before that does not answer any more.
    steps += [.await(.ready), .execute(program)]
    return steps
}

private func privilegeSteps(_ privileges: Daemon.Privileges, _ pool: TextPool) -> [Step] {
    switch privileges {
    case .inherited: []
    case .kept: [.setNoNewPrivileges]
    case .user(let uid, let gid):
        [
            .setNoNewPrivileges, .limitBounding(0), .setGroups(pool.intern([] as [UInt8]), count: 0), .becomeUser(uid: uid, gid: gid),
            .setCapabilities(effective: 0, permitted: 0, inheritable: 0),
        ]
    }
}

private func program(_ daemon: borrowing Daemon, _ pool: TextPool) -> ProgramStep? {
    guard let name = pool.intern(daemon.name), let path = pool.intern(daemon.path), let arguments = pool.intern(all: daemon.arguments),
        let environment = pool.intern(all: daemon.environment)
    else { return nil }
    return ProgramStep(name: name, candidates: pool.intern([path]), arguments: arguments, environment: environment)
}

private func flags(_ namespaces: Set<NamespaceKind>) -> UInt64 {
    var flags: UInt64 = 0
    for kind in namespaces { flags |= UInt64(UInt32(bitPattern: kind.flag)) }
    return flags
}
