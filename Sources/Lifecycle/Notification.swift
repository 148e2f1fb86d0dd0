internal import Kernel
internal import Launch
public import Spec
internal import Store

/// What is waited for when a service manager gave us $NOTIFY_SOCKET: that the container's program says it is ready.
struct Notification: ~Copyable {
    private let socket: NotifySocket
    private let manager: NotifyReceiver
    private let process: PidFD
    private let pid: Int32

    init(_ socket: consuming NotifySocket, _ manager: consuming NotifyReceiver, _ process: consuming PidFD, _ pid: Int32) {
        self.socket = socket
        self.manager = manager
        self.process = process
        self.pid = pid
    }

    var watch: Watch { socket.watch }

    /// Waits for it and tells the manager, or for the end of the container's process, which may be without a word.
    func awaited() throws(LifecycleError) {
        do throws(SyscallError) {
            while true {
                let ready = try poll([socket.watch, Watch(process.descriptor, .readable)]) ?? []
                if try socket.takeReadiness() {
                    try manager.tellReadiness(of: pid)
                    // As long as libsystemd's callers wait.
                    return try manager.awaitReader(until: .after(.seconds(30)))
                }
                if ready.last?.isEmpty == false { return }
            }
        } catch { throw LifecycleError("$NOTIFY_SOCKET: \(error)") }
    }

    /// Passes it on if it has come, with this process, which stays, for the main one; whether it had come.
    func passedOn() throws(SyscallError) -> Bool {
        guard try socket.takeReadiness() else { return false }
        try manager.tellReadiness(of: ownPID())
        return true
    }
}

private let directoryName = "notify"

/// Where the manager of our caller listens; empty: none waits.
private var managerAddress: String { environment("NOTIFY_SOCKET") ?? "" }

/// Whether our caller has $NOTIFY_SOCKET.
public var hasServiceManager: Bool { !managerAddress.isEmpty }

/// The directory of the socket at which the program of a container says that it is ready, in the container's state directory.
public func notifyDirectory(in stateDirectory: String) -> String { Path.join(stateDirectory, directoryName) }

/// The same of an engine that passes on readiness itself, as podman with conmon does; nil: it does not.
public func engineNotifyDirectory(_ config: Config, bundle: String) -> String? {
    guard namesNotifySocket(config), let mount = config.mounts.last(where: { $0.destination == NotifySocket.directory }) else { return nil }
    return Path.absolute(mount.source, in: bundle)
}

private let notifyVariable = "NOTIFY_SOCKET=\(NotifySocket.directory)/\(NotifySocket.name)"

private func namesNotifySocket(_ config: Config) -> Bool { config.process?.environment.contains(notifyVariable) ?? false }

extension Runtime {
    /// The configuration with a directory for the socket of the container's program, and the variable that names it. What would be mounted
    /// there otherwise is not.
    func withNotifySocket(_ config: Config, _ id: ContainerID) -> Config {
        var result = config
        var mount = Mount()
        mount.destination = NotifySocket.directory
        mount.source = notifyDirectory(in: Path.join(settings.root, id.text))
        mount.type = "bind"
        // Read-only: the socket comes from outside.
        mount.options = ["bind", "ro", "nosuid", "nodev", "noexec"]
        if let index = result.mounts.firstIndex(where: { $0.destination == mount.destination }) {
            result.mounts[index] = mount
        } else {
            result.mounts.append(mount)
        }
        if !namesNotifySocket(result) { result.process?.environment.append(notifyVariable) }
        return result
    }

    /// Makes the source of that mount.
    func makeNotifyDirectory(_ directory: borrowing StateDirectory) throws(LifecycleError) {
        do throws(SyscallError) {
            try makeDirectory(directoryName, at: directory.descriptor, permissions: 0o755)
            // Whatever the umask: the container's users are others.
            try changePermissions(of: Kernel.open(directoryName, beneath: directory.descriptor, [.readOnly, .directory]), 0o755)
        } catch { throw LifecycleError("\(error)") }
    }

    /// The socket, where both who created and who starts have a manager; nil where not.
    func notification(of record: Record) throws(LifecycleError) -> Notification? {
        let directory = notifyDirectory(in: Path.join(settings.root, record.id))
        guard hasServiceManager, hasDirectory(directory) else { return nil }
        do throws(SyscallError) {
            // Before the program's socket is there: a manager that is not leaves nothing.
            let manager = try NotifyReceiver(managerAddress)
            return Notification(
                try NotifySocket(Path.join(directory, NotifySocket.name)), manager, try record.identity.open(), record.identity.pid)
        } catch { throw LifecycleError("$NOTIFY_SOCKET: \(error)") }
    }

    private func hasDirectory(_ path: String) -> Bool {
        do throws(SyscallError) { return try Kernel.status(of: path).kind == .directory } catch { return false }
    }
}
