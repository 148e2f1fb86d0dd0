import TestKit

/// A row of the table of docs/errors.md: a text that runc's user sees, and what stands in its place with swiftrun.
struct Difference {
    let scenario: String
    let withRunc: String
    let withSwiftrun: String

    /// The rows of `caller`.
    static func listed(_ caller: String) -> [Difference] {
        Tables.rows("docs/errors.md", ["caller", "scenario", "with runc", "with swiftrun"]).filter { $0[0] == caller }.map { cells in
            Difference(
                scenario: cells[1], withRunc: Tables.code(cells[2]).first ?? "", withSwiftrun: Tables.code(cells[3]).first ?? "")
        }
    }
}
