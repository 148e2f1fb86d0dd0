import Glibc
import JSON
import TestKit

/// conmon as CRI-O calls it, for the containers of one room: cri-o, internal/oci/runtime_oci.go, whose argv this is word for word.
final class Conmon {
    static let root = "/run/containers"
    private static let exits = "/run/exits"
    private static let sockets = "/run/attach"

    let sitting: Sitting
    private var room: Room { sitting.room }
    private var runtime: OCIRuntime { sitting.runtime }

    /// `sitting` has the runtime's own verbs.
    init(_ sitting: Sitting) throws {
        self.sitting = sitting
        for directory in [Self.root, Self.exits, Self.sockets] {
            try Files.makeDirectory(room.path(directory))
        }
    }

    enum Streams: String { case terminal = "-t", input = "-i", none = "" }

    /// What conmon reports of the container's first process: "running", or why there is none.
    @discardableResult
    func create(_ id: String, _ bundle: Bundle, _ streams: Streams = .none, _ options: [String] = []) throws -> String {
        try bundle.save()
        var words = ["-b", bundle.path, "-c", id, "--exit-dir", Self.exits, "-l", logPath(id), "--log-level", "info", "-n", "name-\(id)"]
        words += ["-P", "\(bundle.path)/conmon-pidfile", "-p", "\(bundle.path)/pidfile", "--persist-dir", try persistent(id)]
        words += ["-u", id] + common + options + (streams == .none ? [] : [streams.rawValue])
        let report = try start(words, in: bundle.path)
        sitting.transcript.record("$ conmon create \(id)")
        let answer = try report.value()
        let pid = answer["pid"]?.integer ?? -1
        let text = pid > 0 ? "running" : answer["message"]?.string ?? "nothing said"
        sitting.transcript.record(text)
        // What is in the pid file is the process that conmon watches.
        guard pid < 0 || Files.text("\(bundle.path)/pidfile") == String(pid) else { throw Failure("\(answer), another pid in the file") }
        return text
    }

    /// ExecSync: the process's log, and how conmon reports its end.
    func execSync(_ id: String, _ process: Value, seconds: Int? = nil) throws {
        let file = try processFile(process)
        let log = "\(room.scratch.directory)/\(room.scratch.unique("log"))"
        let words =
            ["-c", id, "-n", "name-\(id)", "-p", file + ".pid", "-e", "-l", log] + common + (seconds.map { ["-T", String($0)] } ?? [])
            + ["--exec-process-spec", file]
        let report = try start(words, in: room.scratch.directory)
        sitting.transcript.record("$ conmon exec \(id) \(process["args"]?.text(.compact) ?? "")")
        while let line = try report.line() {
            let answer = try parse(Array(line.utf8))
            if let status = answer["exit_code"]?.integer { sitting.transcript.record("exit code \(status)") }
            sitting.transcript.record(answer["message"]?.string ?? "")
        }
        sitting.transcript.record(Self.withoutTimes(Files.text(log)))
        // conmon writes them together, so that none is read half written.
        try Files.remove(file)
    }

    /// A client at the container's attach socket.
    func attach(_ id: String) throws -> Attached {
        try Attached(room, "\(Self.sockets)/\(id)/attach")
    }

    /// A new size of the container's terminal.
    func resize(_ bundle: Bundle, rows: Int, columns: Int) throws {
        let control = try Descriptor.open(bundle.path + "/ctl", O_WRONLY)
        let message = "1 \(rows) \(columns)\n"
        _ = unsafe write(control.raw, message, message.utf8.count)
    }

    /// What CRI-O reads when the container has ended: the log, the exit files, which conmon writes last.
    func observeEnd(_ id: String) throws {
        let deadline = Deadline.usual
        while !Files.exists(room.path("\(Self.exits)/\(id)")) {
            guard !deadline.hasPassed else { throw Failure("waited for the exit file of \(id)") }
        }
        sitting.observe("exit file", Files.text(room.path("\(Self.exits)/\(id)")))
        sitting.observe("persistent exit file", Files.text(try persistent(id) + "/exit"))
        sitting.observe("log", Self.withoutTimes(Files.text(logPath(id))))
    }

    /// A file for `--process`.
    func processFile(_ process: Value) throws -> String {
        let path = "\(room.scratch.directory)/\(room.scratch.unique("exec-process"))"
        try Files.write(path, process.text(.compact))
        return path
    }

    private var common: [String] {
        ["-r", runtime.path, "--runtime-arg", "--root=\(Self.root)", "--socket-dir-path", Self.sockets, "--syslog"]
    }

    private func logPath(_ id: String) -> String { "\(room.scratch.directory)/\(id)-\(runtime.name).log" }

    private func persistent(_ id: String) throws -> String {
        let path = "\(room.scratch.directory)/\(id)-\(runtime.name)"
        try Files.makeDirectory(path)
        return path
    }

    /// Starts conmon, lets it go on as CRI-O does when it has moved it to a cgroup, and returns what it reports.
    private func start(_ words: [String], in directory: String) throws -> Stream {
        let (report, go) = (try Descriptor.pipe(), try Descriptor.pipe())
        let conmon = try room.start(
            ["sh", "-c", "cd \"$1\"; shift; exec conmon \"$@\"", "sh", directory] + words,
            environment: ["_OCI_SYNCPIPE=3", "_OCI_STARTPIPE=4", "CRI_O_EXTERNAL=1"],
            descriptors: [nil, nil, nil, report.write, go.read])
        report.write.close()
        go.read.close()
        _ = unsafe write(go.write.raw, "0", 1)
        go.write.close()
        guard try conmon.wait() == .exited(0) else { throw Failure("conmon \(words.joined(separator: " "))") }
        return Stream(report.read)
    }

    private static func withoutTimes(_ log: String) -> String { log.replacing(#/(?m)^[0-9T:.+-]+ /#, with: "") }
}

/// What the user of `attach` has before them.
final class Attached {
    let output: Stream
    let errors: Stream
    private let input: Descriptor
    private let client: Program

    init(_ room: Room, _ socket: String) throws {
        let (typed, said, complained) = (try Descriptor.pipe(), try Descriptor.pipe(), try Descriptor.pipe())
        client = try room.start(
            ["/usr/bin/python3", Repository.path("Tests/Callers/attach.py"), socket],
            descriptors: [typed.read, said.write, complained.write])
        for descriptor in [typed.read, said.write, complained.write] { descriptor.close() }
        input = typed.write
        (output, errors) = (Stream(said.read), Stream(complained.read))
        guard try output.line() == "attached" else { throw Failure("attach: \(String(decoding: try errors.rest(), as: UTF8.self))") }
    }

    func send(_ text: String) { _ = unsafe write(input.raw, text, text.utf8.count) }

    func close() throws {
        input.close()
        _ = try client.wait()
    }
}
