import TestKit
import Testing

/// The rules of docs/design.md that the compiler does not know.
@Suite struct SourceTests {
    /// Paths below `directory`, relative to the repository, of files with one of `suffixes`.
    private static func files(_ directory: String, _ suffixes: [String]) -> [String] {
        var found: [String] = []
        for name in Files.entries(Repository.path(directory)) {
            let path = directory + "/" + name
            if suffixes.contains(where: { name.hasSuffix($0) }) { found.append(path) }
            found += files(path, suffixes)
        }
        return found
    }

    /// `path:line: text` of the lines of `paths` that `isBad`.
    private static func lines(_ paths: [String], _ isBad: (Substring) -> Bool) -> [String] {
        var found: [String] = []
        for path in paths {
            let text = Files.text(Repository.path(path))
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where isBad(line) {
                found.append("\(path):\(number + 1): \(line)")
            }
        }
        return found
    }

    private static let sources = files("Sources", [".swift"])
    private static let tests = files("Tests", [".swift"])

    @Test func `the sources were found`() {
        #expect(Self.sources.count > 50)
        #expect(Self.tests.count > 20)
    }

    @Test(arguments: [#"\btry\?"#, #"\btry!"#, #"\bfatalError\("#, #"catch \{ *\}"#, "MARK:", #"\bany Error\b"#, #"\bas!"#])
    func `no source has`(pattern: String) throws {
        let pattern = try Regex(pattern)
        #expect(Self.lines(Self.sources) { $0.contains(pattern) } == [])
    }

    @Test(arguments: ["Glibc", "Musl", "Foundation", "FoundationEssentials", "Dispatch", "_Concurrency", "Synchronization"])
    func `no source imports`(module: String) {
        #expect(Self.lines(Self.sources) { $0.hasSuffix("import \(module)") } == [])
    }

    @Test func `only Commands knows the argument parser`() {
        let others = Self.sources.filter { !$0.hasPrefix("Sources/Commands/") }
        #expect(Self.lines(others) { $0.contains("ArgumentParser") } == [])
    }

    @Test func `no library writes to the standard streams`() throws {
        let others = Self.sources.filter { !$0.hasPrefix("Sources/Commands/") && $0 != "Sources/Kernel/StandardStreams.swift" }
        let printing = try Regex(#"(^|[^.\w])(print|debugPrint|dump)\("|\bto: \.(output|error)\)"#)
        #expect(Self.lines(others) { $0.contains(printing) } == [])
    }

    @Test(arguments: ["Manager", "Helper", "Util", "Utils", "Impl", "Wrapper", "Context", "Handler", "Info", "Data", "Base", "Extensions"])
    func `no type and no file is named after nothing`(suffix: String) throws {
        let declaration = try Regex("\\b(struct|class|enum|protocol|actor|typealias) \\w*\(suffix)\\b")
        #expect(Self.lines(Self.sources) { $0.contains(declaration) } == [])
        #expect(Self.sources.filter { $0.hasSuffix("\(suffix).swift") } == [])
    }

    @Test func `no file is named after what it extends`() {
        #expect((Self.sources + Self.tests).filter { $0.contains("+") } == [])
    }

    @Test func `no test sleeps`() {
        #expect(Self.lines(Self.tests) { $0.contains("sleep(") && !$0.contains("contains(\"") } == [])
    }

    @Test func `no test is disabled`() {
        #expect(Self.lines(Self.tests) { $0.contains(".disabled") && !$0.contains("contains(\"") } == [])
    }

    /// Where the project was made is nobody's business, and exists on one machine only.
    @Test func `no file names a place of a machine`() {
        let texts =
            Self.sources + Self.tests.filter { !$0.hasSuffix("SourceTests.swift") } + Self.files("man", [".8"])
            + Self.files("docs", [".md"])
            + Self.files("bench", [".sh"]) + Self.files("Sources", [".c", ".h"]) + Self.files("Tests", [".c", ".h"])
            + ["README.md", "Makefile", "Package.swift", ".ci/run", ".ci/test", ".ci/packages", ".ci/static", ".ci/demo"]
        for place in ["/work/", "/opt/swift", "file://"] {
            #expect(Self.lines(texts) { $0.contains(place) } == [], "\(place)")
        }
    }

    @Test func `every line ends without blanks, every file with a newline`() {
        let texts = Self.sources + Self.tests + Self.files("man", [".8"]) + ["README.md", "Makefile", "Package.swift"]
        #expect(Self.lines(texts) { $0.hasSuffix(" ") || $0.hasSuffix("\t") || $0.hasSuffix("\r") } == [])
        #expect(texts.filter { !Files.text(Repository.path($0)).hasSuffix("\n") } == [])
    }
}
