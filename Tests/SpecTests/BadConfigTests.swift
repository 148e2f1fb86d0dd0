import JSON
import Spec
import Testing

@Suite struct BadConfigTests {
    @Test(arguments: try Fixture.names(in: "config/bad"))
    func `a faulty config is refused with the exact words`(name: String) throws {
        let bytes = try Fixture.bytes("config/bad/\(name).json")
        let error = #expect(throws: SpecError.self) { try Config(bytes: bytes) }
        #expect(try error?.description == Fixture.line("config/bad/\(name).error"))
    }

    @Test func `every config has its error and every error its config`() throws {
        #expect(try Fixture.names(in: "config/bad") == Fixture.names(in: "config/bad", ending: ".error"))
    }
}
