import Spec
import Testing

@Suite struct GoodConfigTests {
    @Test(arguments: try Fixture.names(in: "config/good"))
    func `a config that other runtimes take is taken`(name: String) throws {
        let config = try Config(bytes: Fixture.bytes("config/good/\(name).json"))
        #expect(config.ociVersion.hasPrefix("1."))
    }
}
