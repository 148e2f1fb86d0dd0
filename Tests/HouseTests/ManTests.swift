import TestKit
import Testing

@Suite(.enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own manual")) struct ManTests {
    private static let directory = Repository.path("man")

    private static func page(_ command: String) -> String {
        Files.text("\(directory)/swiftrun\(command.isEmpty ? "" : "-" + command).8")
    }

    /// What the entries of the section OPTIONS are: `.It Fl b , Fl -bundle Ar dir` is `-b` and `--bundle`.
    private static func documented(_ page: String) -> Set<String> {
        var options: Set<String> = []
        var section = ""
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".Sh ") { section = String(line.dropFirst(4)) }
            guard section == "OPTIONS", line.hasPrefix(".It ") else { continue }
            let words = line.split(separator: " ")
            for (word, next) in zip(words, words.dropFirst()) where word == "Fl" { options.insert("-" + next) }
        }
        return options
    }

    @Test func `every command has a page and every page a command`() throws {
        let commands = try CommandLine().options.keys.map { $0.isEmpty ? "swiftrun.8" : "swiftrun-\($0).8" }
        #expect(Set(Files.entries(Self.directory)) == Set(commands))
    }

    @Test func `every option is in its page, and the page has no other`() throws {
        for (command, options) in try CommandLine().options {
            #expect(Self.documented(Self.page(command)) == options, "swiftrun \(command)")
        }
    }

    @Test func `every command is listed in swiftrun(8)`() throws {
        let page = Self.page("")
        for command in try CommandLine().options.keys where !command.isEmpty {
            #expect(page.contains("\n.It Cm \(command)\n"), "\(command)")
            #expect(page.contains("\n.Xr swiftrun-\(command) 8\n"), "\(command)")
        }
    }

    @Test func `every page has the same sections`() throws {
        for name in Files.entries(Self.directory) {
            let sections = Files.text("\(Self.directory)/\(name)").split(separator: "\n").filter { $0.hasPrefix(".Sh ") }
                .map { String($0.dropFirst(4)) }
            let expected = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
            #expect(sections.filter { $0 != "ENVIRONMENT" && $0 != "FILES" } == expected, "\(name)")
        }
    }

    @Test func `mandoc has nothing to complain of`() throws {
        for name in Files.entries(Self.directory) {
            let outcome = try execute(["mandoc", "-T", "lint", "-W", "warning", "\(Self.directory)/\(name)"])
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome)")
        }
    }
}
