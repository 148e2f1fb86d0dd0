import JSON
import TestKit
import Testing

@testable import Commands

@Suite(.enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own flags")) struct FlagTests {
    /// Names of the arguments of `command` and what is below it that take no value.
    private func flags(of command: Value) -> Set<String> {
        var names: Set<String> = []
        for argument in command["arguments"]?.array ?? [] where argument["kind"] == "flag" {
            for name in argument["names"]?.array ?? [] where name["kind"] == "long" {
                if let text = name["name"]?.string { names.insert("--" + text) }
            }
        }
        return names
    }

    @Test func `every flag of a verb may be given a value as Go's are`() throws {
        let program = try execute([UnderTest.binary, "--experimental-dump-help"]).json()
        var names: Set<String> = []
        for command in program.at("/command/subcommands")?.array ?? [] { names.formUnion(flags(of: command)) }
        #expect(names.subtracting(["--help"]) == verbFlags)
    }
}
