import Cgroups
import Kernel
import Spec
import TestKit
import Testing

private func limits(_ change: (inout Resources) -> Void) throws -> Limits {
    var resources = Resources()
    change(&resources)
    return try Limits(resources)
}

@Suite(.serialized, .enabled(if: Site.isUsable, "needs a cgroup2 mount it may write to"), .machineUnchanged, .timeLimit(.minutes(1)))
struct ApplyTests {
    @Test func `what every cgroup has is written without a controller`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let warnings = try cgroup.apply(
                limits { $0.unified = [Annotation("cgroup.max.depth", "3"), Annotation("cgroup.max.descendants", "1\n2")] })
            #expect(warnings.isEmpty)
            #expect(Files.text(site.placement.path + "/cgroup.max.depth") == "3\n")
            #expect(Files.text(site.placement.path + "/cgroup.max.descendants") == "2\n")
        }
    }

    @Test func `unlimited values need nothing`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let unlimited = try limits {
                $0.cpu.shares = 1024
                $0.cpu.period = 100_000
                $0.memory.limit = -1
                $0.pidsLimit = -1
            }
            #expect(try cgroup.apply(unlimited) == [])
        }
    }

    @Test func `an unknown file of a known kind is refused by its field`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let error = #expect(throws: CgroupsError.self) {
                try cgroup.apply(limits { $0.unified = [Annotation("cgroup.nonsense", "1")] })
            }
            #expect(
                error?.description == "config.json: /linux/resources/unified/cgroup.nonsense: the kernel refused to write \"1\" to "
                    + "\(site.placement.path)/cgroup.nonsense: missing (ENOENT)")
        }
    }

    @Test func `a value the kernel does not take is refused by its field`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let error = #expect(throws: CgroupsError.self) {
                try cgroup.apply(limits { $0.unified = [Annotation("cgroup.max.depth", "x")] })
            }
            #expect(error?.description.contains("/unified/cgroup.max.depth: the kernel refused to write \"x\"") == true)
            #expect(error?.description.hasSuffix("Invalid argument (EINVAL)") == true)
        }
    }

    @Test func `a controller no kernel has is named`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: ["nonsense"])
            let error = #expect(throws: CgroupsError.self) { try cgroup.apply(limits { $0.unified = [Annotation("nonsense.max", "1")] }) }
            #expect(
                error?.description == "config.json: /linux/resources/unified/nonsense.max: the nonsense controller is not available in "
                    + "\(site.placement.path) (this host has no such controller)")
        }
    }

    @Test(.enabled(if: Site.host?.legacyControllers.contains("memory") == true, "needs a host whose memory controller is v1's"))
    func `a controller that belongs to v1 is named with the reason`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: ["memory"])
            let error = #expect(throws: CgroupsError.self) { try cgroup.apply(limits { $0.memory.limit = 1 << 30 }) }
            #expect(
                error?.description == "config.json: /linux/resources/memory/limit: the memory controller is not available in "
                    + "\(site.placement.path) (it is bound to cgroup v1 on this host)")
        }
    }

    @Test(.enabled(if: Site.has("hugetlb"), "needs the hugetlb controller in cgroup v2"))
    func `a limit is in force, its controller enabled on the way`() throws {
        try Site.restoringRoot {
            try Site.with("a", "b") { site in
                let huge = try limits { $0.hugepageLimits = [.init(pageSize: "2MB", limit: 4 << 20)] }
                let cgroup = try Cgroup.create(site.placement, controllers: huge.controllers)
                #expect(try cgroup.apply(huge) == [])
                #expect(Files.text(site.placement.path + "/hugetlb.2MB.max") == "4194304\n")
                #expect(Files.text(site.placement.path + "/hugetlb.2MB.rsvd.max") == "4194304\n")
                #expect(Files.text(site.placement.path + "/cgroup.subtree_control") == "")
            }
        }
    }

    @Test(.enabled(if: Site.has("hugetlb"), "needs the hugetlb controller in cgroup v2"))
    func `a controller that a cgroup with processes cannot pass on is named with the reason`() throws {
        try Site.restoringRoot {
            try Site.with("a") { site in
                try Files.makeDirectory(site.top)
                let idler = try idler(in: site.top)
                let huge = try limits { $0.hugepageLimits = [.init(pageSize: "2MB", limit: 0)] }
                let cgroup = try Cgroup.create(site.placement, controllers: huge.controllers)
                let error = #expect(throws: CgroupsError.self) { try cgroup.apply(huge) }
                #expect(
                    error?.description == "config.json: /linux/resources/hugepageLimits/0: the hugetlb controller is not available in "
                        + "\(site.placement.path) (a cgroup above it does not pass the controller on)")
                idler.send(9)
                _ = try idler.wait()
            }
        }
    }

    @Test(.enabled(if: Site.host?.legacyControllers.isEmpty == false, "needs a hybrid host"))
    func `on a hybrid host nothing is enabled that no limit asks for`() throws {
        try Site.with("a") { site in
            let before = Files.text(site.placement.mountPoint + "/cgroup.subtree_control")
            _ = try Cgroup.create(site.placement, controllers: [])
            #expect(Files.text(site.placement.mountPoint + "/cgroup.subtree_control") == before)
            #expect(Files.text(site.top + "/cgroup.subtree_control") == "")
        }
    }
}
