internal import Cgroups
internal import Kernel
internal import Launch

/// virtiofsd, which serves the shared directory to the guest, in either of its generations.
struct FileServer {
    enum Generation: Hashable, Sendable {
        /// QEMU's own, to QEMU 7.2.
        case c
        /// What came after it.
        case rust
    }

    let path: String
    let generation: Generation

    /// Where distributions put it. The C one comes last: where both are, it is the older.
    private static let places = ["/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/bin/virtiofsd", "/usr/lib/qemu/virtiofsd"]

    init(_ settings: HostSettings) throws(MachineError) {
        var found = settings.fileServer
        if found == nil { found = try firstExisting(Self.places) }
        guard let found else {
            throw .unfit("no virtiofsd, which shows files of the host to a virtual machine: none at \(Self.places.joined(separator: ", "))")
        }
        path = found
        let help: String
        do throws(LaunchError) { help = try output(of: found, ["--help"], within: 10) } catch { throw .program(error) }
        generation = help.contains("--shared-dir") ? .rust : .c
    }

    /// Starts it for the directory at `source`. The result has a connection to it; `socket` is a path that is used meanwhile.
    ///
    /// It stays root, who alone can do to files what any user of the guest may, but keeps itself in namespaces of its own, in which the
    /// directory is the root, with the capabilities for files alone, under a filter for system calls.
    func start(
        _ source: String, socket: String, console: borrowing OwnedFD, oomScoreAdj: Int32?, in cgroup: borrowing Cgroup?
    ) throws(MachineError) -> StartedFileServer {
        let listener = try step("listen for virtiofsd") { () throws(SyscallError) in
            try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(socket) }
            return try listen(socket, backlog: 1)
        }
        // It is taken once virtiofsd runs: nobody else can come first.
        let connection = try step("connect to virtiofsd") { () throws(SyscallError) in
            let connection = try connect(socket)
            try removeFile(socket)
            return connection
        }
        var daemon = Daemon("virtiofsd", path, [])
        try step("start virtiofsd") { () throws(SyscallError) in
            let number = try daemon.pass(listener)
            try daemon.set(.error, to: console)
            daemon.arguments = arguments(source, listener: number, files: try limit(.openFiles).hard)
        }
        daemon.privileges = .kept
        daemon.lifetime = .ofStarter
        daemon.oomScoreAdj = oomScoreAdj
        do throws(LaunchError) {
            let started = try Launch.start(daemon, in: cgroup)
            return StartedFileServer(MachineProcess("virtiofsd", started), connection)
        } catch { throw .program(error) }
    }

    /// Files keep their extended attributes, file capabilities among them; and a mount of the host below a share is another filesystem in
    /// the guest too, so that no two files look like one. Handles of files, which virtiofsd 1.14 would rather use, need a right that opens
    /// any file of a shared filesystem, outside of the share too (open_by_handle_at(2)).
    private func arguments(_ source: String, listener: Int32, files: UInt64) -> [String] {
        let common = ["virtiofsd", "--fd=\(listener)", "--rlimit-nofile=\(min(files, 1_000_000))"]
        switch generation {
        case .c:
            let options = ["source=\(escaped(source))", "sandbox=namespace", "xattr", "announce_submounts", "log_level=warn"]
            return common + ["-f"] + options.flatMap { ["-o", $0] }
        case .rust:
            let options = ["--shared-dir", source, "--sandbox=namespace", "--seccomp=kill", "--xattr", "--announce-submounts"]
            return common + options + ["--inode-file-handles=never", "--log-level=warn"]
        }
    }

    /// For a list of options with commas between.
    private func escaped(_ path: String) -> String {
        String(path.flatMap { $0 == "," || $0 == "\\" ? ["\\", $0] : [$0] })
    }
}

final class StartedFileServer {
    let process: MachineProcess
    let connection: OwnedFD

    init(_ process: MachineProcess, _ connection: consuming OwnedFD) {
        self.process = process
        self.connection = connection
    }
}
