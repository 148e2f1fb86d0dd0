import JSON
import Spec
import Testing

@Suite struct TemplateTests {
    /// runc 1.1.5's template with what changed up to 1.3: no ambient capabilities, and the cgroup namespace it adds on cgroup v2.
    static func expected(from name: String) throws -> Value {
        var text = String(decoding: try Fixture.bytes("config/good/\(name).json"), as: UTF8.self)
        text.replace(#""ociVersion": "1.0.2-dev""#, with: #""ociVersion": "1.3.0""#)
        text.replace(#""hostname": "runc""#, with: #""hostname": "swiftrun""#)
        let ambient = try #require(text.firstRange(of: ",\n\t\t\t\"ambient\": ["))
        let end = try #require(text[ambient.upperBound...].firstRange(of: "]"))
        text.removeSubrange(ambient.lowerBound..<end.upperBound)
        text.replace("\"type\": \"mount\"\n\t\t\t}", with: "\"type\": \"mount\"\n\t\t\t},\n\t\t\t{\n\t\t\t\t\"type\": \"cgroup\"\n\t\t\t}")
        return try parse(Array(text.utf8))
    }

    @Test func `the template is runc's`() throws {
        #expect(try templateConfig(.rootful) == Self.expected(from: "runc-1.1.5-spec"))
    }

    @Test func `the rootless template is runc's`() throws {
        #expect(try templateConfig(.rootless(uid: 0, gid: 0)) == Self.expected(from: "runc-1.1.5-spec-rootless"))
    }

    @Test func `the rootless template maps its writer`() throws {
        let config = try Config(json: templateConfig(.rootless(uid: 1000, gid: 1001)))
        #expect(config.linux.uidMappings == [IDMapping(containerID: 0, hostID: 1000, size: 1)])
        #expect(config.linux.gidMappings == [IDMapping(containerID: 0, hostID: 1001, size: 1)])
        #expect(config.linux.resources == Resources())
    }

    @Test(arguments: [TemplateKind.rootful, .rootless(uid: 1000, gid: 1000)])
    func `the printed template is read back the same`(kind: TemplateKind) throws {
        let text = templateConfig(kind).text(.indented("\t"))
        #expect(try parse(Array(text.utf8)) == templateConfig(kind))
        _ = try Config(bytes: Array(text.utf8))
    }
}
