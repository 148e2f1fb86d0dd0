import JSON
import TestKit
import Testing

@testable import Commands

@Suite(.enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own flags")) struct FlagTests {
    /// Names of the arguments of `command` of this kind: `flag` or `option`.
    private func names(_ kind: Value, of command: Value?) -> Set<String> {
        var found: Set<String> = []
        for argument in command?["arguments"]?.array ?? [] where argument["kind"] == kind {
            for name in argument["names"]?.array ?? [] {
                guard let text = name["name"]?.string else { continue }
                found.insert((text.count == 1 ? "-" : "--") + text)
            }
        }
        return found
    }

    private func program() throws -> Value {
        try #require(try execute([UnderTest.binary, "--experimental-dump-help"]).json()["command"])
    }

    @Test func `every flag of a verb may be given a value as Go's are`() throws {
        var found: Set<String> = []
        for command in try program()["subcommands"]?.array ?? [] { found.formUnion(names("flag", of: command)) }
        #expect(found.filter { $0.hasPrefix("--") }.subtracting(["--help"]) == verbFlags)
    }

    @Test func `help shows the global options that are understood`() throws {
        let program = try program()
        #expect(names("option", of: program) == Set(Preamble.optionNames))
        #expect(names("flag", of: program).subtracting(["-h", "--help"]) == Set(Preamble.flagNames))
    }
}
