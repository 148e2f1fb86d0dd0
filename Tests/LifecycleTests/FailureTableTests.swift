import JSON
import TestKit
import Testing

// docs/errors.md, "Failures, one by one": what it says of each, brought about with the real binary.
@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2 && UnderTest.isSwiftrun, "needs root and cgroup2; the words are our own"),
    .timeLimit(.minutes(3)))
struct FailureTableTests {
    /// A row of the table.
    struct Row {
        let name: String
        let message: String
        let exit: String
        let containerd: String
        let podman: String
        let docker: String
    }

    static let rows = Tables.rows("docs/errors.md", ["verb", "failure", "message", "exit", "containerd", "podman", "docker"]).map { cells in
        Row(
            name: "\(cells[0]): \(cells[1])", message: Tables.code(cells[2]).first ?? "", exit: cells[3], containerd: cells[4],
            podman: cells[5], docker: cells[6])
    }

    @Test func `every row is brought about, and everything brought about has a row`() {
        let names = FailureCase.all.map(\.description)
        #expect(names.count >= 60)
        #expect(Set(names).count == names.count)
        #expect(Set(Self.rows.map(\.name)) == Set(names), "\(Set(Self.rows.map(\.name)).symmetricDifference(names))")
        #expect(Self.rows.count == names.count)
        let excepted = SandboxException.all.map { $0.test.split(separator: "/", maxSplits: 2) }.filter { $0[0] == "FailureTableTests" }
        #expect(Set(names).isSuperset(of: excepted.compactMap { $0.last.map(String.init) }))
    }

    @Test(arguments: FailureCase.all) func `a failure is told as its row says`(failure: FailureCase) throws {
        if let reason = SandboxException.reason("FailureTableTests", "a failure is told as its row says", "\(failure)") {
            try Test.cancel("in a virtual machine: \(reason)")
        }
        let attempt = try failure.attempt()
        let outcome = attempt.outcome
        #expect(outcome.output == "", "\(outcome)")
        let errors = String(decoding: outcome.errorBytes, as: UTF8.self)
        // Who has a log has the program's name, too.
        let name = failure.failure == "a log that cannot be opened" ? "swiftrun: " : ""
        try #require(errors.hasPrefix(name) && errors.hasSuffix("\n"), "\(outcome)")
        let message = String(errors.dropFirst(name.count).dropLast())
        let output = "\(outcome.output)\(errors)"
        let columns = [
            "\(outcome.status)", containerd(failure.verb, message, output), CallerRules.podman(failure.verb, message: message),
            CallerRules.docker(failure.verb, message: message),
        ]
        if Environment.variable("SWIFTRUN_SHOW_FAILURES") != nil {
            let scratch = try Scratch.required()
            let shown = message.replacing(scratch.directory, with: "<dir>").replacing("|", with: "\\|")
            print("ROW| \(failure.verb) | \(failure.failure) | `\(shown)` | \(columns.joined(separator: " | ")) |")
            return
        }

        #expect(!message.contains("\n"))
        try expectRecord(attempt.log, message, failure)
        let row = try #require(Self.rows.first { $0.name == failure.description }, "no row for: \(failure)")
        #expect(matches(message, row.message), "\(message)\n\(row.message)")
        #expect([row.exit, row.containerd, row.podman, row.docker] == columns)
        // exec's rows of programs begin with its own prefix.
        let isAboutProgram = message.contains("exec: \"")
        for words in CallerRules.reserved where !isAboutProgram { #expect(!message.lowercased().contains(words), "\(message)") }
    }

    /// One record with the whole text, and nothing else.
    private func expectRecord(_ log: String, _ message: String, _ failure: FailureCase) throws {
        if failure.failure == "a log that cannot be opened" { return #expect(log == "") }
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == 2 && lines[1] == "", "one line: \(log)")
        let record = try parse(Array(lines[0].utf8))
        #expect(record.keys == ["level", "msg", "time"])
        #expect(record["level"]?.string == "error")
        #expect(record["msg"]?.string == message)
        // RFC 3339
        let time = record["time"]?.string ?? ""
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil, "\(time)")
    }

    /// What containerd says, in short: the message itself stands in another column, and what comes before it above the table.
    private func containerd(_ verb: String, _ message: String, _ output: String) -> String {
        let text = CallerRules.containerd(verb, message: message, output: output)
        return text.hasSuffix(message) ? "shown" : text
    }

    /// `<x>` in the pattern stands for one character or more.
    private func matches(_ text: String, _ pattern: String) -> Bool {
        let pieces = pattern.replacing(/<[a-z ]+>/, with: "\u{1}").split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
        guard var rest = text.hasPrefix(pieces[0]) ? Optional(text.dropFirst(pieces[0].count)) : nil else { return false }
        for (index, piece) in pieces.enumerated().dropFirst() {
            if index == pieces.count - 1 { return rest.count > piece.count && rest.hasSuffix(piece) }
            guard let range = rest.dropFirst().firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.isEmpty
    }
}
