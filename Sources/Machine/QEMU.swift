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
        let user = try HostSettings.User(settings, specification.accelerator.kind)
        let console = try step("make the console's pipe") { () throws(SyscallError) in try Pipe() }
        let link = try step("make the agent's line") { () throws(SyscallError) in try SocketPair(.stream) }
        let monitor = try step("make the monitor's line") { () throws(SyscallError) in try SocketPair(.stream) }
        var daemon = Daemon("QEMU", path, [])
        daemon.privileges = .user(uid: user.uid, gid: user.gid)
        daemon.lifetime = .ofStarter
        daemon.oomScoreAdj = specification.oomScoreAdj
        // It is handed all it needs; with a network of its own it reaches nobody's.
        daemon.newNamespaces = [.network, .mount, .ipc, .uts]
        let server = try startServer(specification, console.writer, in: cgroup)
        let initrd = try specification.image.initrd()
        let kernel = try readableByAll(specification.image.kernel)
        daemon.arguments = try step("pass QEMU's descriptors") { () throws(SyscallError) in
            try daemon.set(.output, to: console.writer)
            try daemon.set(.error, to: console.writer)
            let numbers = QEMUArguments.Numbers(
                console: try daemon.pass(console.writer), link: try daemon.pass(link.second), monitor: try daemon.pass(monitor.second),
                kernel: try daemon.pass(kernel), initrd: try daemon.pass(initrd),
                files: try server.map { server throws(SyscallError) in try daemon.pass(server.connection) })
            return QEMUArguments(specification, architecture, numbers).list
        }
        let process: MachineProcess
        do throws(LaunchError) { process = MachineProcess("QEMU", try Launch.start(daemon, in: cgroup)) } catch { throw .program(error) }
        let ring = try step("make the console's files") { () throws(SyscallError) in
            try setBlocking(console.reader, .refuses)
            return try ConsoleRing(specification.stateDirectory)
        }
        return try RunningMachine(
            process, server?.process, link: link.first, console: console.reader, monitor: monitor.first, ring, initrd)
    }

    private func startServer(
        _ specification: MachineSpecification, _ console: borrowing OwnedFD, in cgroup: borrowing Cgroup?
    ) throws(MachineError) -> StartedFileServer? {
        guard let directory = specification.sharedDirectory else { return nil }
        return try FileServer(settings).start(
            directory, socket: specification.stateDirectory + "/virtiofsd", console: console, oomScoreAdj: specification.oomScoreAdj,
            in: cgroup)
    }

    /// QEMU opens the kernel once more, by way of the descriptor, as a user who may not be let to read it.
    private func readableByAll(_ kernel: String) throws(MachineError) -> OwnedFD {
        let file = try step("read kernel \(kernel)") { () throws(SyscallError) in
            try status(of: kernel).permissions & 0o004 == 0 ? nil : try open(kernel, .readOnly)
        }
        if let file { return file }
        return try inMemory("kernel", kernel)
    }
}
