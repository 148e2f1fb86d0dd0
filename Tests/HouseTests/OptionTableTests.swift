import TestKit
import Testing

/// docs/conformance.md, "Options and their tests": every option of the verbs it speaks of, each with a test that is there and gives it.
@Suite struct OptionTableTests {
    struct Row {
        let verb: String
        let options: Set<String>
        let file: String
        let test: String
    }

    static let rows = Tables.rows("docs/conformance.md", ["verb", "option", "file", "test"]).map { cells in
        let texts = cells.map { $0.filter { $0 != "`" } }
        return Row(verb: texts[0], options: Set(texts[1].split(separator: " ").map(String.init)), file: texts[2], test: texts[3])
    }

    @Test func `every option has a row, and every row an option`() throws {
        let known = try CommandLine().options
        let verbs = ["exec", "update", "ps", "events", "kill", "pause", "resume", "delete"]
        // What every verb has.
        let common = try #require(known["pause"])
        for verb in verbs {
            let listed = Self.rows.filter { $0.verb == verb }.reduce(into: Set<String>()) { $0.formUnion($1.options) }
            #expect(listed == known[verb]?.subtracting(common), "\(verb)")
        }
        #expect(Set(Self.rows.map(\.verb)).isSubset(of: verbs))
    }

    @Test func `every row's test is there and gives the option`() {
        for row in Self.rows {
            let text = Files.text(Repository.path(row.file))
            #expect(text.contains("`\(row.test)`"), "\(row.file) has no test \(row.test)")
            #expect(row.options.contains { text.contains($0) }, "\(row.file) has none of \(row.options)")
        }
    }
}
