import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own files")) struct SpecVerbTests {
    private func spec(_ arguments: String..., directory: String) throws -> Outcome {
        try execute([UnderTest.binary, "spec"] + arguments, directory: directory)
    }

    @Test func `config.json is written with tabs, and nothing is said`() throws {
        let directory = try Scratch.required().directory
        let outcome = try spec(directory: directory)
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
        let text = Files.text(directory + "/config.json")
        #expect(text.hasPrefix("{\n\t\"ociVersion\": \"1.3.0\",\n\t\"process\": {\n\t\t\"terminal\": true,\n"))
        #expect(text.hasSuffix("}\n"))
        #expect(try parse(Array(text.utf8)).at("/process/args/0") == "sh")
    }

    @Test func `a config.json that is there is left as it is`() throws {
        let directory = try Scratch.required().directory
        try Files.write(directory + "/config.json", "mine")
        let outcome = try spec(directory: directory)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "swiftrun: File config.json exists. Remove it first\n")
        #expect(Files.text(directory + "/config.json") == "mine")
    }

    @Test func `it can be written into a bundle, which must be there`() throws {
        let directory = try Scratch.required().directory
        try Files.makeDirectory(directory + "/bundle")
        #expect(try spec("--bundle", "bundle", directory: directory).status == 0)
        #expect(Files.exists(directory + "/bundle/config.json"))
        #expect(try spec("-b", directory + "/nowhere", directory: directory).status == 1)
    }

    @Test func `a rootless one has a user namespace and no network namespace`() throws {
        let directory = try Scratch.required().directory
        #expect(try spec("--rootless", directory: directory).status == 0)
        let config = try parse(Files.read(directory + "/config.json") ?? [])
        let kinds = config.at("/linux/namespaces")?.array?.compactMap { $0["type"]?.string } ?? []
        #expect(kinds.contains("user"))
        #expect(!kinds.contains("network"))
        #expect(config.at("/linux/uidMappings/0/size") == 1)
    }
}

@Suite(.enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own features")) struct FeaturesVerbTests {
    @Test func `features is a document indented by four spaces`() throws {
        let outcome = try execute([UnderTest.binary, "features"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("{\n    \"ociVersionMin\": \"1.0.0\",\n    \"ociVersionMax\": \"1.3.0\",\n    \"hooks\": [\n"))
        #expect(outcome.output.hasSuffix("}\n"))
    }

    @Test func `features tells what is there and what is not`() throws {
        let features = try execute([UnderTest.binary, "features"]).json()
        #expect(features.at("/hooks")?.array?.count == 6)
        #expect(features.at("/mountOptions")?.array?.contains("rro") == true)
        #expect(features.at("/linux/capabilities/0") == "CAP_CHOWN")
        #expect(features.at("/linux/cgroup/v2") == true)
        #expect(features.at("/linux/cgroup/v1") == false)
        #expect(features.at("/linux/seccomp/enabled") == true)
        #expect(features.at("/linux/seccomp/archs")?.array?.contains("SCMP_ARCH_X86_64") == true)
        #expect(features.at("/linux/mountExtensions/idmap/enabled") == true)
        #expect(features.at("/linux/netDevices/enabled") == false)
    }
}
