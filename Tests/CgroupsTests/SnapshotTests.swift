import Kernel
import Spec
import TestKit
import Testing

@testable import Cgroups

@Suite(
    .serialized, .enabled(if: Site.has("hugetlb"), "needs cgroup2 with the hugetlb controller"), .machineUnchanged, .timeLimit(.minutes(1)))
struct SnapshotTests {
    private func limits(_ entries: (String, String)...) throws -> Cgroups.Limits {
        var resources = Resources()
        resources.unified = entries.map { Annotation($0.0, $0.1) }
        return try Cgroups.Limits(resources)
    }

    private func text(_ site: Site, _ file: String) -> String { Files.text("\(site.placement.path)/\(file)") }

    @Test func `what was written is put back`() throws {
        try Site.restoringRoot {
            try Site.with { site in
                let cgroup = try Cgroup.create(site.placement, controllers: ["hugetlb"])
                _ = try cgroup.apply(try limits(("hugetlb.2MB.max", "2097152")))
                let next = try limits(("hugetlb.2MB.max", "4194304"), ("hugetlb.2MB.rsvd.max", "0"), ("cgroup.max.depth", "7"))
                let before = try cgroup.snapshot(for: next)
                _ = try cgroup.apply(next)
                #expect(text(site, "hugetlb.2MB.max") == "4194304\n")
                #expect(before.restore(cgroup) == [])
                #expect(text(site, "hugetlb.2MB.max") == "2097152\n")
                #expect(text(site, "hugetlb.2MB.rsvd.max") == "max\n")
                #expect(text(site, "cgroup.max.depth") == "max\n")
            }
        }
    }

    @Test func `what can only be written, or is not there, is passed over`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let next = try limits(("cgroup.kill", "1"), ("no.such", "1"))
            #expect(try cgroup.snapshot(for: next).restore(cgroup) == [])
        }
    }

    @Test func `what cannot be put back is named`() throws {
        try Site.restoringRoot {
            try Site.with { site in
                let cgroup = try Cgroup.create(site.placement, controllers: ["hugetlb"])
                let next = try limits(("hugetlb.2MB.max", "2097152"))
                let before = try cgroup.snapshot(for: next)
                _ = try cgroup.apply(next)
                try Cgroup.remove(site.placement)
                #expect(before.restore(cgroup).map { $0.contains("hugetlb.2MB.max could not be put back") } == [true])
            }
        }
    }

    @Test func `controllers are enabled along the path when they are asked for`() throws {
        try Site.restoringRoot {
            try Site.with("a") { site in
                let cgroup = try Cgroup.create(site.placement, controllers: [])
                try #require(!text(site, "cgroup.controllers").contains("hugetlb"))
                try cgroup.obtain(["hugetlb"])
                #expect(text(site, "cgroup.controllers").contains("hugetlb"))
                try cgroup.obtain(["hugetlb"])
            }
        }
    }

    @Test func `without cpu and memory limits in force nothing is filled in`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            var resources = Resources()
            resources.cpu.quota = 1000
            resources.memory.swap = 5
            #expect(try cgroup.completing(resources) == resources)
        }
    }
}
