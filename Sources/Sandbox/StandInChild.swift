internal import Cgroups
internal import Kernel
internal import Launch
internal import Lifecycle
internal import Spec

/// The process that is started to stand for one in a guest, as the runtime has it.
struct StandInChild: ~Copyable {
    private let process: StartedDaemon
    private let runtime: OwnedFD
    private var terminal: OwnedFD?

    /// `network` nil: a network namespace of its own.
    init(
        _ order: Order, gate: consuming OwnedFD?, report: consuming OwnedFD?, network: consuming OwnedFD?, size: ConsoleSize?,
        in cgroup: borrowing Cgroup?
    ) throws(SandboxError) {
        let role: SandboxProcess.Role = order.bootsMachine ? .supervisor : .proxy
        var daemon = Daemon("the container's process on the host", "/proc/self/exe", [role.rawValue, order.id])
        daemon.environment = environment()
        let pair: SocketPair
        var master: OwnedFD?
        do throws(SyscallError) { pair = try SocketPair(.packets) } catch { throw .failed("talk to the container's process: \(error)") }
        do throws(SyscallError) {
            let file = try makeMemoryFile("order")
            try write(order.text, to: file)
            // Not the memory file itself, which stands at its end.
            _ = try daemon.pass(try open("/proc/self/fd/\(file.raw)", .readOnly))
            _ = try daemon.pass(pair.second)
            try pass(gate, to: &daemon)
            try pass(report, to: &daemon)
            switch network {
            case .some(let namespace): try daemon.join(.network, namespace)
            case .none: daemon.newNamespaces.insert(.network)
            }
            if order.hasTerminal {
                master = try giveTerminal(to: &daemon, size)
            } else {
                for stream in StandardStream.allCases { try daemon.set(stream, to: try OwnedFD(duplicating: stream.rawValue)) }
            }
        } catch { throw .failed("prepare the container's process on the host: \(error)") }
        // What it mounts is nobody else's, and gone with it.
        if order.createsContainer { daemon.newNamespaces.insert(.mount) }
        do throws(LaunchError) { process = try start(daemon, in: cgroup) } catch { throw .failed("\(error)") }
        runtime = pair.first
        terminal = master.take()
    }

    /// Waits until there is nothing left but what it waits for. `hooks` are run while it works already.
    consuming func parked(_ hooks: (Int32) throws(SandboxError) -> Void) throws(SandboxError) -> Parked {
        do throws(SandboxError) {
            try hooks(process.pid)
            try tell()
            try hear(.parked)
        } catch {
            do throws(SyscallError) {
                try ignoring(.noProcess) { () throws(SyscallError) in try process.pidfd.send(.kill) }
                try ignoring(.noChild) { () throws(SyscallError) in _ = try process.pidfd.wait() }
            } catch let second { throw .failed("\(error); and process \(process.pid) could not be ended: \(second)") }
            throw error
        }
        let pid = process.pid
        let pidfd = try step("park") { () throws(SyscallError) in PidFD(adopting: try process.pidfd.descriptor.duplicate()) }
        let master = terminal.take()
        return Parked(pid: pid, pidfd: pidfd, terminal: master, StandInConversation(self))
    }

    borrowing func tell() throws(SandboxError) {
        // One that is gone has said why before.
        do throws(SyscallError) { try Word.goOn.send(on: runtime) } catch {
            guard error.errno == .brokenPipe else { throw .failed("talk to the container's process on the host: \(error)") }
        }
    }

    borrowing func hear(_ expected: Word) throws(SandboxError) {
        let word = try step("talk to the container's process on the host") { () throws(SyscallError) in try Word.receive(from: runtime) }
        switch word {
        case expected: return
        case .failed(let text): throw .failed(text)
        default: throw .failed("the container's process on the host ended before it was ready")
        }
    }
}

private final class StandInConversation: Conversation {
    private let child: StandInChild

    init(_ child: consuming StandInChild) { self.child = child }

    func letGo() throws(LifecycleError) {
        do throws(SandboxError) { try child.tell() } catch { throw LifecycleError("\(error)") }
    }

    func execution() throws(LifecycleError) {
        do throws(SandboxError) { try child.hear(.executed) } catch { throw LifecycleError("\(error)") }
    }
}

private func pass(_ fd: borrowing OwnedFD?, to daemon: inout Daemon) throws(SyscallError) {
    switch fd {
    case .some(let fd): _ = try daemon.pass(fd)
    case .none: break
    }
}

/// A terminal through which every byte passes as it is: it is the guest's that treats them. The result is its master.
private func giveTerminal(to daemon: inout Daemon, _ size: ConsoleSize?) throws(SyscallError) -> OwnedFD {
    let pair = try TerminalPair()
    try TerminalAttributes(of: pair.slave).raw().apply(to: pair.slave)
    if let size { try setWindowSize(of: pair.master, WindowSize(rows: size.height, columns: size.width)) }
    for stream in StandardStream.allCases { try daemon.set(stream, to: pair.slave) }
    daemon.session = .ofTerminal
    return pair.master
}

/// Hooks of the runtime's namespaces.
func runHostHooks(_ hooks: [Hook], _ kind: String, _ state: State) throws(SandboxError) {
    do throws(LaunchError) { try runHooks(hooks, kind, state) } catch { throw .failed("\(error)") }
}
