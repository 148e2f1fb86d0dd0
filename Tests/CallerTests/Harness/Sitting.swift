import Glibc
import TestKit
import Testing

/// One sitting of a user at a caller in a room: what was typed, and what was to be seen.
final class Sitting {
    let room: Room
    let runtime: OCIRuntime
    let transcript: Transcript
    /// A word's whole command line.
    let command: ([String]) -> [String]
    let environment: [String]

    /// `plain` takes from what is seen what differs from one run to the next, or by a form that is not looked at.
    init(
        _ room: Room, _ runtime: OCIRuntime, environment: [String] = [], plain: @escaping (String) -> String = { $0 },
        command: @escaping ([String]) -> [String]
    ) {
        self.room = room
        self.runtime = runtime
        self.environment = environment
        self.command = command
        transcript = Transcript { plain(Self.plain($0, runtime)) }
    }

    /// Runs one command, which has to end with `status` unless that is nil: what the runtimes do not have in common.
    /// `plain` takes from its output what differs from one run to the next.
    @discardableResult
    func callAsFunction(
        _ words: String..., status: Int32? = 0, input: Input = .null, plain: (String) -> String = { $0 },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try quietly(words, input: input)
        transcript.record(words, output: plain(outcome.output), errors: outcome.errors, outcome.ending)
        expect(words, outcome.status, status, "\(outcome)", sourceLocation)
        return outcome
    }

    /// Runs one command, however it ends.
    func run(_ words: [String]) throws { transcript.record(words, try quietly(words)) }

    /// Runs one command of which nothing is compared.
    @discardableResult
    func quietly(_ words: [String], input: Input = .null) throws -> Outcome {
        try room.execute(command(words), input: input, environment: environment, deadline: Deadline(after: 120))
    }

    /// Runs one command at a terminal of its own.
    func terminal(
        _ words: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation, _ type: (Terminal) throws -> Void
    ) throws { try terminal(words, status: status, sourceLocation: sourceLocation, type) }

    func terminal(
        _ words: [String], status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation, _ type: (Terminal) throws -> Void
    ) throws {
        let terminal = try Terminal()
        terminal.resize(rows: 33, columns: 101)
        let program = try terminal.run(room.command(command(words)), environment: room.scratch.environment + environment + ["TERM=xterm"])
        try type(terminal)
        let ending = try program.wait(Deadline(after: 120))
        let rest = String(decoding: try terminal.output.rest(), as: UTF8.self)
        transcript.record(words, output: rest, ending)
        expect(words, ending.status, status, rest, sourceLocation)
    }

    /// Asks, without a word in the transcript, until `wanted` is the answer.
    func wait(for wanted: String, _ words: String...) throws {
        let deadline = Deadline(after: 120)
        while case let outcome = try quietly(words), outcome.output != wanted + "\n" {
            guard !deadline.hasPassed else { throw Failure("waited for \(wanted): \(words.joined(separator: " ")): \(outcome)") }
        }
    }

    /// Something else that the user could see.
    func observe(_ what: String, _ seen: String) { transcript.record("\(what): \(seen)") }

    private func expect(_ words: [String], _ status: Int32, _ wanted: Int32?, _ seen: String, _ sourceLocation: SourceLocation) {
        guard let wanted else { return }
        #expect(status == wanted, "\(runtime.name): \(words.joined(separator: " ")): \(seen)", sourceLocation: sourceLocation)
    }

    /// Without what differs from one run to the next.
    private static func plain(_ text: String, _ runtime: OCIRuntime) -> String {
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
