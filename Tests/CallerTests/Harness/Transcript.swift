import TestKit

/// What a user saw of one scenario, line by line, without what differs from run to run.
final class Transcript {
    private(set) var lines: [String] = []
    private let plain: (String) -> String

    init(_ plain: @escaping (String) -> String) { self.plain = plain }

    func record(_ text: String, _ mark: String = "") {
        lines += plain(text).split(whereSeparator: \.isNewline).map { mark + $0 }
    }

    /// One command: what was typed, what it said, and how it ended.
    func record(_ words: [String], _ outcome: Outcome) {
        record(words, output: outcome.output, errors: outcome.errors, outcome.ending)
    }

    func record(_ words: [String], output: String, errors: String = "", _ ending: Ending) {
        record(words.joined(separator: " "), "$ ")
        record(output)
        record(errors, "! ")
        record("[\(ending.status)]")
    }
}
