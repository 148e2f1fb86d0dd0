import TestKit
import Testing

/// What a user saw of one scenario, line by line, without what differs from run to run.
final class Transcript {
    private(set) var lines: [String] = []
    private let plain: (String) -> String

    init(_ plain: @escaping (String) -> String) { self.plain = plain }

    func record(_ text: String, _ mark: String = "") { lines += plain(text).split(separator: "\n").map { mark + $0 } }
}

/// A row of the table of docs/errors.md: a text that runc's user sees, and what stands in its place with swiftrun.
struct Difference {
    let scenario: String
    let withRunc: String
    let withSwiftrun: String

    /// The rows of `caller`.
    static func listed(_ caller: String) -> [Difference] {
        Files.text(Repository.path("docs/errors.md")).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count == 5, cells[0] == caller + " " else { return nil }
            return Difference(scenario: String(cells[1].dropLast()), withRunc: code(cells[2]), withSwiftrun: code(cells[3]))
        }
    }

    private static func code(_ cell: Substring) -> String {
        cell.split(separator: "`", omittingEmptySubsequences: false).dropFirst().first.map(String.init) ?? ""
    }
}

enum Runtime: CaseIterable {
    case runc, swiftrun

    var path: String { self == .runc ? "/usr/sbin/runc" : UnderTest.binary }
}

/// Plays a scenario with runc and with swiftrun. What is seen has to be the same but for the differences that are listed, and those of this
/// scenario have to be seen.
func compare(_ caller: String, _ scenario: String, _ play: (Runtime) throws -> Transcript) throws {
    var expected = try play(.runc).lines
    let seen = try play(.swiftrun).lines
    for row in Difference.listed(caller) where [scenario, "any"].contains(row.scenario) {
        let isSeen = expected.contains { $0.contains(row.withRunc) }
        #expect(isSeen || row.scenario == "any", "docs/errors.md lists what is not seen any more: \(row)")
        expected = expected.map { $0.replacing(row.withRunc, with: row.withSwiftrun) }
    }
    let differences = seen.difference(from: expected).map { change in
        switch change {
        case .insert(let place, let line, _): "\(call(seen, place)): swiftrun: \(line)"
        case .remove(let place, let line, _): "\(call(expected, place)): runc: \(line)"
        }
    }
    #expect(differences == [], "\(scenario)")
}

/// What was called for the answer at `place`.
private func call(_ lines: [String], _ place: Int) -> String { lines[...place].last { $0.hasPrefix("$ ") } ?? "" }
