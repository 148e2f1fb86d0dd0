import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .timeLimit(.minutes(1)))
struct FeaturesVerbTests {
    @Test func `features is a document of runtime-spec features md`() throws {
        let outcome = try execute([UnderTest.binary, "features"])
        #expect(outcome.status == 0)
        #expect(outcome.errorBytes.isEmpty)
        let features = try outcome.json()
        #expect(features["ociVersionMin"]?.string?.hasPrefix("1.0.") == true)
        #expect(features["ociVersionMax"]?.string?.hasPrefix("1.") == true)
        #expect(
            Set(features["hooks"]?.strings ?? [])
                == ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])
        let options = Set(features["mountOptions"]?.strings ?? [])
        for option in ["bind", "rbind", "ro", "rro", "nosuid", "nodev", "noexec", "rshared", "tmpcopyup", "strictatime"] {
            #expect(options.contains(option))
        }
        let namespaces = Set(features.at("/linux/namespaces")?.strings ?? [])
        #expect(namespaces.isSuperset(of: ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]))
        #expect(features.at("/linux/capabilities")?.strings.first == "CAP_CHOWN")
        #expect(features.at("/linux/seccomp/enabled") == true)
        #expect(features.at("/linux/seccomp/operators")?.strings.contains("SCMP_CMP_MASKED_EQ") == true)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "our own lines"))
    func `the version names itself as callers parse it`() throws {
        let outcome = try execute([UnderTest.binary, "--version"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\nspec: 1."))
        #expect(try execute([UnderTest.binary, "-v"]).output == outcome.output)
    }

    @Test func `an unknown verb or flag is an error`() throws {
        #expect(try execute([UnderTest.binary, "--nonsense"]).status == 1)
        #expect(try swiftrun("run", "--nonsense", "x").status == 1)
        #expect(try swiftrun("--log-format", "xml", "list").status == 1)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 takes it"))
    func `a root of the whole filesystem is refused`() throws {
        #expect(try swiftrun("--root", "/", "list").status == 1)
    }
}
