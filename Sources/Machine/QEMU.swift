public import Cgroups
internal import Kernel
internal import Launch

/// QEMU of the distribution, from version 7.2 on.
public struct QEMU: Hypervisor {
    /// Its executable.
    public let path: String
    private let settings: HostSettings
    private let architecture: Architecture

    /// Throws where there is none. `path` is `vm.hypervisor.path`; nil: the settings', else the distribution's.
    public init(_ settings: HostSettings, path: String? = nil) throws(MachineError) {
        architecture = try Architecture()
        self.settings = settings
        var found = path ?? settings.hypervisor
        if found == nil { found = try firstExisting(architecture.places) }
        guard let found else {
            throw .unfit("no QEMU for virtual machines: none at \(architecture.places.joined(separator: ", "))")
        }
        self.path = found
    }

    public func start(_ specification: MachineSpecification, in cgroup: borrowing Cgroup?) throws(MachineError) -> RunningMachine {
        let console = try step("make the console's pipe") { () throws(SyscallError) in try Pipe() }
        let link = try step("make the agent's line") { () throws(SyscallError) in try SocketPair(.stream) }
        let monitor = try step("make the monitor's line") { () throws(SyscallError) in try SocketPair(.stream) }
        let files = try BootFiles(specification.image, specification.accelerator.kind)
        let server = try startServer(specification, console.writer, in: cgroup)
        // The ends that QEMU gets are its own alone: what it hung up is then seen.
        let ends = Ends(console: console.writer, link: link.second, monitor: monitor.second)
        let output = console.reader
        let process = try startQEMU(specification, ends, files, server, in: cgroup)
        let ring = try step("make the console's files") { () throws(SyscallError) in
            try setBlocking(output, .refuses)
            return try ConsoleRing(specification.stateDirectory)
        }
        return try RunningMachine(process, server?.process, link: link.first, console: output, monitor: monitor.first, ring, files)
    }

    private struct Ends: ~Copyable {
        let console: OwnedFD
        let link: OwnedFD
        let monitor: OwnedFD
    }

    private func startQEMU(
        _ specification: MachineSpecification, _ ends: consuming Ends, _ files: borrowing BootFiles, _ server: StartedFileServer?,
        in cgroup: borrowing Cgroup?
    ) throws(MachineError) -> MachineProcess {
        let user = try HostSettings.User(settings, specification.accelerator.kind)
        var daemon = Daemon("QEMU", path, [])
        daemon.privileges = .user(uid: user.uid, gid: user.gid)
        daemon.lifetime = .ofStarter
        daemon.oomScoreAdj = specification.oomScoreAdj
        // It is handed all it needs; with a network of its own it reaches nobody's.
        daemon.newNamespaces = [.network, .mount, .ipc, .uts]
        daemon.arguments = try step("pass QEMU's descriptors") { () throws(SyscallError) in
            try daemon.set(.output, to: ends.console)
            try daemon.set(.error, to: ends.console)
            let numbers = QEMUArguments.Numbers(
                console: try daemon.pass(ends.console), link: try daemon.pass(ends.link), monitor: try daemon.pass(ends.monitor),
                kernel: try daemon.pass(files.kernel), initrd: try daemon.pass(files.initrd),
                files: try server.map { server throws(SyscallError) in try daemon.pass(server.connection) })
            return QEMUArguments(specification, architecture, numbers).list
        }
        do throws(LaunchError) { return MachineProcess("QEMU", try Launch.start(daemon, in: cgroup)) } catch { throw .program(error) }
    }

    private func startServer(
        _ specification: MachineSpecification, _ console: borrowing OwnedFD, in cgroup: borrowing Cgroup?
    ) throws(MachineError) -> StartedFileServer? {
        guard let directory = specification.sharedDirectory else { return nil }
        return try FileServer(settings).start(
            directory, socket: specification.stateDirectory + "/virtiofsd", console: console, oomScoreAdj: specification.oomScoreAdj,
            in: cgroup)
    }
}
