import TestKit
import Testing

/// What the documents say of the code, as far as a program can hold them to it.
@Suite struct DocTests {
    /// Paths below `directory`, relative to the repository.
    private static func files(_ directory: String, _ suffix: String) -> [String] {
        var found: [String] = []
        for name in Files.entries(Repository.path(directory)).sorted() {
            let path = directory + "/" + name
            if name.hasSuffix(suffix) { found.append(path) }
            found += files(path, suffix)
        }
        return found
    }

    private static func text(_ path: String) -> String { Files.text(Repository.path(path)) }

    private static let documents = files("docs", ".md")

    /// The targets of Package.swift, each with what it may import.
    private static func package() throws -> [String: Set<String>] {
        let word = /"(\w+)"|\bargumentParser\b/
        var targets: [String: Set<String>] = [:]
        // A call that is broken after its parenthesis or a comma is one line here.
        let lines = text("Package.swift").replacing(/\(\n +(?=name:|")/, with: "(")
            .replacing(/([,\[])\n +(?=[\["\]]|dependencies:)/) { $0.1 + " " }
        for line in lines.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            let isTarget = ["library(\"", "tests(\"", ".target(name: \"", ".systemLibrary(name: \"", ".executableTarget(name: \""]
                .contains { line.hasPrefix($0) }
            guard isTarget else { continue }
            let name = try #require(line.firstMatch(of: /"(\w+)"/)).1
            let list = line.firstMatch(of: /(?:, |dependencies: )\[([^\]]*)\]/).map { String($0.1) } ?? ""
            // The packages that hold a system library are no imports.
            let imports = line.contains("providers:") ? [] : list.matches(of: word).map { $0.1.map(String.init) ?? "ArgumentParser" }
            targets[String(name)] = Set(imports)
        }
        return targets
    }

    @Test func `the documents were found`() {
        #expect(Self.documents.count >= 15)
        for name in ["design", "child", "security", "conformance", "promises", "errors", "changelog"] {
            #expect(Self.documents.contains("docs/\(name).md"))
        }
    }

    @Test func `design md has the targets of the package, each with its imports`() throws {
        let package = try Self.package()
        #expect(package.count > 25)
        var documented: [String: Set<String>] = [:]
        for row in Tables.rows("docs/design.md", ["target", "imports"]) {
            let name = try #require(Tables.code(row[0]).first)
            #expect(documented[name] == nil, "\(name) stands there twice")
            documented[name] = Set(Tables.code(row[1]))
        }
        for name in Set(package.keys).union(documented.keys).sorted() {
            #expect(documented[name] == package[name], "\(name)")
        }
    }

    @Test func `every file that a document names exists`() {
        let path = /(?:Sources|Tests|docs|bench|man|spec-fixtures|\.ci)\/[\w.+\/-]*\w/
        var count = 0
        for document in Self.documents {
            for match in Self.text(document).matches(of: path) {
                count += 1
                #expect(Files.exists(Repository.path(String(match.output))), "\(document): \(match.output)")
            }
        }
        #expect(count > 50)
    }

    @Test func `every link of a document leads somewhere`() {
        for document in Self.documents {
            let directory = document.split(separator: "/").dropLast().joined(separator: "/")
            for match in Self.text(document).matches(of: /\]\(([^)]+)\)/) where !match.1.contains("://") {
                let path = "\(directory)/\(match.1.prefix { $0 != "#" })"
                #expect(Files.exists(Repository.path(path)), "\(document): \(match.1)")
            }
        }
    }

    @Test func `every test that a document names exists`() throws {
        let sources = Self.files("Tests", ".swift")
        var count = 0
        for document in Self.documents {
            for match in Self.text(document).matches(of: /`(\w+Tests)`\s+"([^"]+)"/) {
                count += 1
                // Suites of several targets may have one name.
                let files = sources.filter { $0.hasSuffix("/\(match.1).swift") }
                #expect(files.contains { Self.text($0).contains("func `\(match.2)`") }, "\(document): \(match.1): \(match.2)")
            }
        }
        #expect(count > 10)
    }

    /// What the tests leave out with virtual machines is what the document tells, in the same order and words.
    @Test func `the exceptions of sandbox md are those of the tests`() {
        let told = Tables.rows("docs/sandbox.md", ["test", "why it is none of a virtual machine's"])
        let listed = SandboxException.all.map { exception in
            let names = exception.test.split(separator: "/", maxSplits: 2)
            let told = zip(["`", "\"", "of \""], zip(names, ["`", "\"", "\""])).map { $0 + $1.0 + $1.1 }
            return [told.joined(separator: " "), exception.reason]
        }
        #expect(told == listed)
        for row in told {
            let suite = Tables.code(row[0]).first ?? ""
            #expect(Files.exists(Repository.path("Tests/LifecycleTests/\(suite).swift")), "\(suite)")
        }
    }

    /// Every hole that security.md names has an answer, and a word about its test.
    @Test func `every CVE of the sources stands in security md`() {
        let rows = Tables.rows("docs/security.md", ["CVE", "what answers it", "test"])
        let answered = Set(rows.flatMap { $0[0].split(separator: ", ").map(String.init) })
        #expect(rows.allSatisfy { row in row.allSatisfy { !$0.isEmpty } })
        for source in Self.files("Sources", ".swift") {
            for match in Self.text(source).matches(of: /CVE-(\d{4}-\d+)/) {
                #expect(answered.contains(String(match.1)), "\(source): CVE-\(match.1)")
            }
        }
    }

    /// The texts are those of the sources, where `<x>` stands for what is put in.
    @Test(arguments: ["docs/errors.md", "docs/conformance.md"])
    func `every error text of a document is one of the sources`(document: String) {
        let sources = Self.files("Sources", ".swift").map { Self.text($0).replacing("\\\"", with: "\"") }.joined()
        let rows = Tables.rows(document, ["text"])
        #expect(!rows.isEmpty)
        for row in rows {
            for text in Tables.code(row[0]) {
                let pieces = text.replacing(#/<[\w ]+>|config\.json: |: /#, with: "\n").split(separator: "\n")
                for piece in pieces where piece.count > 3 {
                    let isThere = sources.contains(piece)
                    #expect(isThere, "\(document): \(text): \(piece)")
                }
            }
        }
    }

    @Test func `a decision is short, numbered, dated and has a status`() {
        let decisions = Self.files("docs/decisions", ".md")
        #expect(!decisions.isEmpty)
        for (index, path) in decisions.enumerated() {
            let lines = Self.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            let number = String(10001 + index).dropFirst()
            #expect(path.hasPrefix("docs/decisions/\(number)-"), "\(path)")
            #expect(lines.first?.hasPrefix("# \(number): ") == true, "\(path)")
            let isDecided = lines.contains { $0.wholeMatch(of: /Date: \d{4}-\d\d-\d\d\. Status: (accepted|superseded by \d{4})\./) != nil }
            #expect(isDecided, "\(path)")
            #expect(lines.count <= 61, "\(path)")
        }
    }

    @Test func `no document has a line with blanks at its end`() {
        for document in Self.documents {
            #expect(!Self.text(document).contains(" \n") && Self.text(document).hasSuffix("\n"), "\(document)")
        }
    }
}
