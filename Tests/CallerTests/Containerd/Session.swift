import JSON
import TestKit
import Testing

/// Calls of ctr with one runtime, and what their user saw.
final class Session {
    let containerd: Containerd
    let runtime: OCIRuntime
    let transcript: Transcript

    init(_ containerd: Containerd, _ runtime: OCIRuntime) {
        self.containerd = containerd
        self.runtime = runtime
        transcript = Transcript {
            $0.replacing(#/time="[^"]*" /#, with: "").replacing(runtime.path, with: "RUNTIME")
                .replacing(containerd.directory, with: "DIRECTORY").replacing(containerd.scratch.name, with: "NAMESPACE")
        }
    }

    /// One call, which the transcript gets.
    @discardableResult
    func ctr(_ words: String..., input: Input = .null) throws -> Outcome { try ctr(words, input: input) }

    @discardableResult
    func ctr(_ words: [String], input: Input = .null) throws -> Outcome {
        let outcome = try isRepeatable(words) ? whole(words, input) : containerd.ctr(words, input: input)
        // Tables have pids in them, and columns as wide as these.
        let isTable = words.starts(with: ["task", "ls"]) || words.starts(with: ["task", "ps"])
        let output = isTable ? outcome.output.replacing(#/\b\d{2,}\b/#, with: "PID").replacing(#/ +/#, with: " ") : outcome.output
        transcript.record(["ctr"] + words, output: output, errors: outcome.errors, outcome.ending)
        return outcome
    }

    /// ctr closes its ends of a process's streams when it deletes the task. What it has not read by then is lost to it, whatever the
    /// runtime: an outcome counts that was seen twice.
    private func whole(_ words: [String], _ input: Input) throws -> Outcome {
        var outcome = try containerd.ctr(words, input: input)
        for _ in 0..<5 {
            let again = try containerd.ctr(words, input: input)
            let lines = [outcome, again].map { $0.errors.split(separator: "\n").count }
            if again.output == outcome.output && lines[0] == lines[1] && again.status == outcome.status { return again }
            outcome = again
        }
        throw Failure("ctr \(words.joined(separator: " ")): never the same twice: \(outcome)")
    }

    /// Whether it leaves nothing, and shows what a process writes.
    private func isRepeatable(_ words: [String]) -> Bool {
        words.contains("--rm") || words.starts(with: ["task", "exec"]) && !words.contains("--detach")
    }

    /// `ctr run` of a command in the image `box`.
    @discardableResult
    func run(_ options: [String], _ id: String, _ command: String..., input: Input = .null) throws -> Outcome {
        try ctr(["run"] + options + ["--runc-binary", runtime.path, Image.box.name, id] + command, input: input)
    }

    /// The container's process and status, as `ctr task ls` has them.
    func task(_ id: String) throws -> (pid: Int, status: String)? {
        let rows = try containerd.ctr("task", "ls").output.split(separator: "\n").map { $0.split(separator: " ") }
        guard let row = rows.first(where: { $0.count == 3 && $0[0] == id }), let pid = Int(row[1]) else { return nil }
        return (pid, String(row[2]))
    }

    /// Asks until containerd has seen that the container's process has ended.
    func awaitEnd(_ id: String) throws {
        try ask("the end of \(id)") { try task(id).map { $0.status == "STOPPED" } ?? true }
    }

    /// Asks until `ctr task ps` has no such process beside the container's own.
    func awaitEnd(_ id: String, process: String) throws {
        try ask("the end of \(process)") { try !containerd.ctr("task", "ps", id).output.contains(process) }
    }

    /// Waits until containerd has cleaned up after a container whose shim is gone.
    func awaitNothing(_ id: String) throws {
        let bundle = "\(containerd.directory)/state/io.containerd.runtime.v2.task/\(containerd.scratch.name)/\(id)"
        try ask("the end of \(bundle)") { try !Files.exists(bundle) && task(id) == nil }
    }

    private func ask(_ subject: String, _ isSo: () throws -> Bool) throws {
        let deadline = Deadline.usual
        while try !isSo() {
            guard !deadline.hasPassed else { throw Failure("waited for \(subject); \(try containerd.ctr("task", "ls"))") }
        }
    }
}

/// A scenario with ctr, which leaves no container. The machine's own layout of cgroups is one that runc runs in, too.
func compareCtr(
    _ scenario: String, _ view: CgroupView = .host, with runtime: OCIRuntime = .swiftrun, killedShims: Int = 0,
    _ play: (Session) throws -> Void
) throws {
    let containerd = try Containerd(view, machines: runtime == .machine ? runtime.path : nil)
    try containerd.importImages()
    try compare("containerd", scenario, with: runtime) { runtime in
        let session = Session(containerd, runtime)
        try play(session)
        return session.transcript
    }
    let left = try containerd.ctr("containers", "ls", "--quiet")
    #expect(left.output == "", "\(left)")
    try containerd.stop(killedShims: killedShims)
}
