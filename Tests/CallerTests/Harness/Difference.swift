import TestKit

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
