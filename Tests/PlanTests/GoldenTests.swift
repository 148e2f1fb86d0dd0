import Plan
import Spec
import TestKit
import Testing

/// spec-fixtures/plan: what a config comes to on a host whose facts are fixed here.
@Suite struct GoldenTests {
    /// Facts of an ordinary host, and root.
    private static func facts() -> HostFacts {
        var facts = HostFacts()
        facts.rootfs = "/bundle/rootfs"
        facts.bundle = "/bundle"
        facts.capabilities = 0x1ff_ffff_ffff
        facts.cgroupMountPoint = "/sys/fs/cgroup"
        facts.hasAppArmor = true
        return facts
    }

    private static func request() -> LaunchRequest {
        var request = LaunchRequest()
        request.id = "box"
        request.keyringName = "_ses.box"
        return request
    }

    /// What the host or the caller adds to a config, by its name.
    private static let additions: [String: @Sendable (inout HostFacts, inout LaunchRequest) -> Void] = [
        "runc-spec-rootless": { facts, _ in
            facts.uid = 1000
            facts.gid = 1000
        },
        "no-pivot": { facts, request in
            request.rootChange = .move
            request.keyringName = nil
            facts.kernelMountPoints = ["/proc", "/sys", "/bundle/rootfs/old/proc"]
        },
        "docker": { _, request in
            request.filter = FilterProgram(instructions: [UInt8](repeating: 0, count: 80), flags: 4, hasListener: false)
        },
        "docker-no-new-privileges": { _, request in
            request.filter = FilterProgram(instructions: [UInt8](repeating: 0, count: 80), flags: 4, hasListener: false)
        },
        "everything": { facts, request in
            request.filter = FilterProgram(instructions: [UInt8](repeating: 0, count: 160), flags: 0, hasListener: true)
            request.preservedDescriptors = 3
            request.listenDescriptors = 2
            facts.rootfsMountPoint = "/bundle"
            facts.hasSELinux = true
        },
    ]

    private static let directory = Repository.path("spec-fixtures/plan")

    private static let names = Files.entries(directory).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

    @Test func `the fixtures were found, and each addition has one`() {
        #expect(Self.names.count >= 7)
        #expect(Self.additions.keys.allSatisfy { Self.names.contains($0) })
    }

    @Test(arguments: names) func `a config comes to its steps`(name: String) throws {
        let config = try Config(bytes: #require(Files.read("\(Self.directory)/\(name).json")))
        var facts = Self.facts()
        var request = Self.request()
        Self.additions[name]?(&facts, &request)
        let plan = try plan(config, request, facts)
        let text = plan.warnings.map { "warning: \($0)\n" }.joined() + plan.text
        let file = "\(Self.directory)/\(name).steps"
        // To be looked through, line by line, before it is committed.
        if Environment.variable("SWIFTRUN_WRITE_GOLDEN") != nil { try Files.write(file, text) }
        let expected = Files.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        let found = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in found.enumerated() where number >= expected.count || expected[number] != line {
            Issue.record("\(name).steps:\(number + 1): expected \"\(number < expected.count ? expected[number] : "")\", found \"\(line)\"")
            return
        }
        #expect(found.count == expected.count)
    }
}
