import Glibc
import JSON
import TestKit
import Testing

/// One sitting of a user at a caller: what was typed, and what was to be seen.
final class Sitting {
    let room: Room
    let runtime: OCIRuntime
    /// A word's whole command line.
    let command: ([String]) -> [String]
    let environment: [String]
    private(set) var transcript = ""

    init(_ room: Room, _ runtime: OCIRuntime, environment: [String] = [], command: @escaping ([String]) -> [String]) {
        self.room = room
        self.runtime = runtime
        self.environment = environment
        self.command = command
    }

    /// Runs one command, which has to end with `status` unless that is nil: what the runtimes do not have in common.
    @discardableResult
    func callAsFunction(
        _ words: String..., status: Int32? = 0, input: Input = .null, environment: [String] = [], descriptors: [Descriptor] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try quietly(words, input: input, environment: environment, descriptors: descriptors)
        note(words, outcome.output, outcome.errors, outcome.status)
        if let status {
            #expect(
                outcome.status == status, "\(runtime.name): \(words.joined(separator: " ")): \(outcome)", sourceLocation: sourceLocation)
        }
        return outcome
    }

    /// Runs one command of which nothing is compared.
    @discardableResult
    func quietly(_ words: [String], input: Input = .null, environment: [String] = [], descriptors: [Descriptor] = []) throws -> Outcome {
        try room.execute(
            command(words), input: input, environment: self.environment + environment, descriptors: descriptors,
            deadline: Deadline(after: 60))
    }

    /// Runs one command at a terminal of its own.
    func terminal(
        _ words: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation, _ type: (Terminal) throws -> Void
    ) throws {
        let terminal = try Terminal()
        terminal.resize(rows: 33, columns: 101)
        let program = try terminal.run(room.command(command(words)), environment: room.scratch.environment + environment + ["TERM=xterm"])
        try type(terminal)
        let ending = try program.wait(Deadline(after: 60))
        let rest = String(decoding: try terminal.output.rest(), as: UTF8.self)
        note(words, rest, "", ending.status)
        #expect(ending.status == status, "\(runtime.name): \(words.joined(separator: " ")): \(rest)", sourceLocation: sourceLocation)
    }

    /// Something else that the user could see.
    func observe(_ what: String, _ seen: String) { transcript += "\(what): \(plain(seen))\n" }

    private func note(_ words: [String], _ output: String, _ errors: String, _ status: Int32) {
        transcript += "$ \(plain(words.joined(separator: " ")))\n"
        for line in output.split(whereSeparator: \.isNewline) { transcript += plain(String(line)) + "\n" }
        for line in errors.split(whereSeparator: \.isNewline) { transcript += "! \(plain(String(line)))\n" }
        transcript += "exit \(status)\n"
    }

    /// Without what differs from one run to the next.
    private func plain(_ text: String) -> String {
        text.replacing(/time="[^"]*"/, with: "time=").replacing(/\b[0-9a-f]{64}\b/, with: "ID").replacing(/\b[0-9a-f]{12}\b/, with: "ID")
            .replacing(runtime.path, with: "RUNTIME").replacing(/\(\d\d:\d\d:\d\d\.\d+\)/, with: "")
    }
}

extension Sitting {
    /// What is left of the containers in the room when all were removed.
    func observeLeftovers(ofCaller callers: Set<String>) {
        observe("cgroups left", room.cgroups.filter { !callers.contains($0) }.joined(separator: " "))
        observe("mounts left", room.mounts.filter { !callers.contains($0) }.joined(separator: " "))
        observe("state left", Files.entries(room.path(runtime.root)).joined(separator: " "))
    }
}

/// Demands that both saw the same but for what is listed as differing.
func compare(_ swiftrun: Sitting, _ runc: Sitting, caller: String, sourceLocation: SourceLocation = #_sourceLocation) {
    var expected = runc.transcript
    for row in Difference.listed(caller) { expected = expected.replacing(row.withRunc, with: row.withSwiftrun) }
    guard swiftrun.transcript != expected else { return }
    let (mine, theirs) = (lines(swiftrun.transcript), lines(expected))
    let removed = theirs.difference(from: mine)
    let changes = removed.map { change in
        switch change {
        case .insert(let offset, let line, _): "runc, line \(offset): \(line)"
        case .remove(let offset, let line, _): "swiftrun, line \(offset): \(line)"
        }
    }
    Issue.record(
        "seen differently through \(caller):\n\(changes.joined(separator: "\n"))\n\nwith swiftrun:\n\(swiftrun.transcript)",
        sourceLocation: sourceLocation)
}

private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
