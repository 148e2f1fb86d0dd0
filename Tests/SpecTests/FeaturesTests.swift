import JSON
import Spec
import Testing

@Suite struct FeaturesTests {
    static var all: Features {
        var features = Features()
        features.hooks = ["prestart", "poststop"]
        features.mountOptions = ["bind"]
        features.linux.namespaces = ["cgroup", "time"]
        features.linux.capabilities = ["CAP_CHOWN"]
        var cgroup = Features.Cgroup()
        (cgroup.isV2, cgroup.isSystemdUser, cgroup.isRDMA) = (true, true, true)
        features.linux.cgroup = cgroup
        var seccomp = Features.Seccomp()
        seccomp.isEnabled = true
        seccomp.actions = ["SCMP_ACT_ALLOW"]
        seccomp.operators = ["SCMP_CMP_EQ"]
        seccomp.archs = ["SCMP_ARCH_AARCH64"]
        seccomp.knownFlags = ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"]
        seccomp.supportedFlags = ["SECCOMP_FILTER_FLAG_LOG"]
        features.linux.seccomp = seccomp
        features.linux.isAppArmorEnabled = true
        features.linux.isSELinuxEnabled = false
        var rdt = Features.IntelRdt()
        (rdt.isEnabled, rdt.hasMonitoring) = (true, true)
        features.linux.intelRdt = rdt
        var policy = Features.MemoryPolicy()
        policy.modes = ["MPOL_BIND"]
        features.linux.memoryPolicy = policy
        features.linux.isIDMapEnabled = true
        features.linux.areNetDevicesEnabled = false
        features.annotations = [Annotation("org.example.version", "1")]
        features.potentiallyUnsafeConfigAnnotations = ["org.example."]
        return features
    }

    @Test func `the document has the specification's names`() throws {
        #expect(try Self.all.json.text(.indented("    ")) == Fixture.line("features/all.json"))
    }

    @Test func `what is unknown is left out`() throws {
        let linux = try #require(Features().json["linux"])
        #expect(linux == ["namespaces": [], "capabilities": []])
    }

    /// `older` has every member of runc's document in the same place, whatever its value is.
    @Test func `runc's members are all there`() throws {
        func missing(_ theirs: Value, _ ours: Value?, _ path: String) -> [String] {
            guard let ours else { return [path] }
            guard case .object(let members) = theirs, !path.hasSuffix("/annotations") else { return [] }
            return members.flatMap { missing($0.value, ours[$0.key], "\(path)/\($0.key)") }
        }
        #expect(try missing(parse(Fixture.bytes("features/runc-1.1.5.json")), Self.all.json, "") == [])
    }
}
