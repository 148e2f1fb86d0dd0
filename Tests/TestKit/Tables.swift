/// The tables of the project's documents.
public enum Tables {
    /// The rows of the tables of a document whose heading has all of `columns`: those cells, in that order. `\|` in a cell is a bar.
    public static func rows(_ path: String, _ columns: [String]) -> [[String]] {
        var found: [[String]] = []
        var places: [Int] = []
        var isInTable = false
        for line in Files.text(Repository.path(path)).split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInTable = false
                continue
            }
            let cells = cells(line)
            if !isInTable {
                isInTable = true
                places = columns.compactMap { cells.firstIndex(of: $0) }
            } else if places.count == columns.count, !line.hasPrefix("|---") {
                found.append(places.map { cells[$0] })
            }
        }
        return found
    }

    /// What stands between backticks.
    public static func code(_ text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private static func cells(_ line: Substring) -> [String] {
        line.replacing("\\|", with: "\u{1}").dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).replacing("\u{1}", with: "|")
        }
    }
}
