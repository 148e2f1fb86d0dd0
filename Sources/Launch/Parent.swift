internal import CLinux
internal import Kernel
internal import Plan
internal import Spec
internal import Steps

/// The parent's half of a launch: it answers the child's milestones until the child is parked or has failed.
struct Parent: ~Copyable {
    let plan: LaunchPlan
    let config: Config
    let state: State
    let proc: ProcFS
    /// What hooks inside the container print.
    let output: OwnedFD
    let conversation: OwnedFD
    /// The process that walks the steps now; another takes its place when it forks.
    var pid: Int32
    var pidfd: PidFD
    var terminal: OwnedFD?
    /// What came along with the last word.
    var received: OwnedFD?

    consuming func park() throws(LaunchError) -> ParkedInit {
        do throws(LaunchError) { try converse() } catch {
            do throws(SyscallError) { try end(pidfd) } catch let second {
                throw .unfit("\(error); and container init \(pid) could not be ended: \(second)")
            }
            throw error
        }
        return ParkedInit(pid: pid, pidfd: pidfd, terminal: terminal, conversation: conversation)
    }

    /// Returns at the last milestone, with the child waiting for its answer.
    private mutating func converse() throws(LaunchError) {
        while true {
            switch try hear() {
            case .milestone(.ready): return
            case .milestone(.mapIDs):
                if let maps = plan.idMaps { try writeIDMaps(maps, of: pid, proc) }
                try reply()
            case .milestone(.setLimits):
                try setLimits(plan, of: pid)
                try reply()
            case .milestone(.runRuntimeHooks):
                try runRuntimeHooks()
                try reply()
            case .forked(let next):
                try follow(next)
                try reply()
            case .terminal: terminal = received.take()
            case .mappedTree(let slot):
                try mapOwners(received.take(), slot)
                try reply()
            case .listener(let fd):
                try sendListener(fd)
                try reply()
            case .failed(let index, let value): throw try failure(index, value)
            case .silence: throw .childLost(try lastStatus())
            }
        }
    }

    private mutating func hear() throws(LaunchError) -> Word {
        do throws(SyscallError) { return try listen(conversation, &received) } catch {
            throw .prepare("talk with container init", error)
        }
    }

    private func reply() throws(LaunchError) {
        do throws(SyscallError) { try answer(conversation) } catch { throw .prepare("talk with container init", error) }
    }

    private func runRuntimeHooks() throws(LaunchError) {
        var state = state
        state.pid = pid
        try runHooks(config.hooks.prestart, "prestart", state)
        try runHooks(config.hooks.createRuntime, "createRuntime", state)
    }

    private func mapOwners(_ tree: consuming OwnedFD?, _ slot: Int32) throws(LaunchError) {
        guard let tree = consume tree, let source = plan.mappedSources.first(where: { $0.slot.index == slot }) else {
            throw .unfit("container init sent no mount source")
        }
        try Launch.mapOwners(of: tree, source, proc)
    }

    /// The child goes on as another process, which is our child too; the first one has ended.
    private mutating func follow(_ next: Int32) throws(LaunchError) {
        do throws(SyscallError) {
            let nextFD = try PidFD(of: next)
            _ = try pidfd.wait()
            pidfd = nextFD
        } catch { throw .prepare("follow container init", error) }
        pid = next
    }

    private func failure(_ index: Int, _ value: Int32) throws(LaunchError) -> LaunchError {
        guard plan.steps.indices.contains(index) else { return .unfit("container init failed at unknown step \(index)") }
        let text: String
        do throws(SyscallError) { text = try tail(of: output) } catch { throw .prepare("read what hooks printed", error) }
        return Launch.failure(of: plan.steps[index], value, hookOutput: text)
    }

    private func lastStatus() throws(LaunchError) -> ExitStatus {
        do throws(SyscallError) { return try pidfd.wait() } catch { throw .prepare("wait for container init", error) }
    }

    /// Fetches the seccomp listener out of the child and hands it, with the state, to whoever listens at `listenerPath`
    /// (runtime-spec config-linux.md, "The Container Process State").
    private func sendListener(_ fd: Int32) throws(LaunchError) {
        guard let seccomp = config.linux.seccomp else { return }
        var state = state
        state.pid = pid
        let message = containerProcessState(state, metadata: seccomp.listenerMetadata)
        do throws(SyscallError) {
            let listener = try take(fd, from: pidfd)
            let agent = try connect(seccomp.listenerPath)
            let sent = try send(message, with: listener, on: agent)
            try write(Array(message.dropFirst(sent)), to: agent)
        } catch { throw .prepare("config.json: /linux/seccomp/listenerPath: \(seccomp.listenerPath)", error) }
    }
}

/// A copy of a descriptor of another process. The corresponding system call is `pidfd_getfd(2)`.
private func take(_ fd: Int32, from process: borrowing PidFD) throws(SyscallError) -> OwnedFD {
    let result = clinux_pidfd_getfd(process.descriptor.raw, fd)
    guard result >= 0 else { throw SyscallError("pidfd_getfd", "", Errno(rawValue: 0 - result)) }
    return OwnedFD(adopting: result)
}
