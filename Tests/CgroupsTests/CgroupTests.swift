import Cgroups
import Kernel
import TestKit
import Testing

@Suite(.serialized, .enabled(if: Site.isUsable, "needs a cgroup2 mount it may write to"), .machineUnchanged, .timeLimit(.minutes(1)))
struct CgroupTests {
    @Test func `every missing level is made, and taken back`() throws {
        try Site.with("a", "b") { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            #expect(cgroup.made == 3)
            #expect(Files.exists(site.placement.path))
            try cgroup.removeMade()
            #expect(!Files.exists(site.top))
        }
    }

    @Test func `a level that was there before stays`() throws {
        try Site.with("a", "b") { site in
            try Files.makeDirectory(site.top)
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            #expect(cgroup.made == 2)
            try cgroup.removeMade()
            #expect(Files.exists(site.top))
            #expect(!Files.exists(site.top + "/a"))
        }
    }

    @Test func `a level another container uses by now stays`() throws {
        try Site.with("a") { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try Files.makeDirectory(site.top + "/other")
            try cgroup.removeMade()
            #expect(Files.exists(site.top + "/other"))
            #expect(!Files.exists(site.placement.path))
        }
    }

    @Test func `a cgroup with a process is refused, and left alone`() throws {
        try Site.with { site in
            _ = try Cgroup.create(site.placement, controllers: [])
            try site.make("below")
            let idler = try idler(in: site.placement.path + "/below")
            let refusal = #expect(throws: CgroupsError.self) { _ = try Cgroup.create(site.placement, controllers: []) }
            #expect(refusal?.description == "container's cgroup is not empty: 1 process(es) found")
            #expect(Files.exists("/proc/\(idler.pid)/fd/0"))
        }
    }

    @Test func `an empty cgroup that is there already is taken`() throws {
        try Site.with { site in
            _ = try Cgroup.create(site.placement, controllers: [])
            #expect(try Cgroup.create(site.placement, controllers: []).made == 0)
        }
    }

    @Test func `a frozen cgroup is refused, be it its own or its parent's doing`() throws {
        try Site.with("below") { site in
            let parent = Placement(mountPoint: site.placement.mountPoint, levels: [site.placement.levels[0]], layout: .hybrid)
            try Cgroup.create(parent, controllers: []).freeze()
            let refusal = #expect(throws: CgroupsError.self) { _ = try Cgroup.create(site.placement, controllers: []) }
            #expect(refusal?.description == "container's cgroup unexpectedly frozen")
            #expect(!Files.exists(site.placement.path))
            #expect(throws: CgroupsError.frozen) { _ = try Cgroup.create(parent, controllers: []) }
        }
    }

    @Test func `a name that is a file of the kernel's is refused`() throws {
        try Site.with("cgroup.procs") { site in
            let refusal = #expect(throws: CgroupsError.self) { _ = try Cgroup.create(site.placement, controllers: []) }
            #expect(refusal?.description.contains("cgroup.procs") == true)
            #expect(!Files.exists(site.top))
        }
    }

    @Test func `processes are listed, here and below`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try site.make("below")
            let here = try idler(in: site.placement.path)
            let below = try idler(in: site.placement.path + "/below")
            #expect(try cgroup.processes(.itself) == [here.pid])
            #expect(Set(try cgroup.processes(.withDescendants)) == [here.pid, below.pid])
        }
    }

    @Test func `kill reaches every process below`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try site.make("below")
            let here = try idler(in: site.placement.path)
            let below = try idler(in: site.placement.path + "/below")
            try cgroup.kill()
            #expect(try here.wait() == .killed(signal: 9))
            #expect(try below.wait() == .killed(signal: 9))
        }
    }

    @Test func `kill reaches a frozen process`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let idler = try idler(in: site.placement.path)
            try cgroup.freeze()
            try cgroup.kill()
            #expect(try idler.wait() == .killed(signal: 9))
        }
    }

    @Test func `freezing stops and thawing lets go`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let idler = try idler(in: site.placement.path)
            #expect(try !cgroup.isFrozen)
            try cgroup.freeze()
            #expect(try cgroup.isFrozen)
            idler.send(15)
            try cgroup.thaw()
            #expect(try !cgroup.isFrozen)
            #expect(try idler.wait() == .killed(signal: 15))
        }
    }

    @Test func `a cgroup above that is frozen is named when its processes cannot go on`() throws {
        try Site.with("below") { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            let idler = try idler(in: site.placement.path)
            let parent = Placement(mountPoint: site.placement.mountPoint, levels: [site.placement.levels[0]], layout: .hybrid)
            try Cgroup.open(parent)?.freeze()
            #expect(try cgroup.isFrozen)
            let refusal = #expect(throws: CgroupsError.self) { try cgroup.thaw() }
            #expect(refusal?.description == "cgroup v2: \(site.placement.path) stays frozen with \(site.top) above it")
            try Cgroup.open(parent)?.thaw()
            #expect(try !cgroup.isFrozen)
            #expect(idler.pid > 0)
        }
    }

    @Test func `killed processes are waited for when their cgroup is removed`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try site.make("below/deeper")
            let idlers = try (0..<20).map { _ in try idler(in: site.placement.path + "/below/deeper") }
            try cgroup.kill()
            try Cgroup.remove(site.placement)
            #expect(!Files.exists(site.placement.path))
            for idler in idlers { #expect(try idler.wait() == .killed(signal: 9)) }
        }
    }

    @Test func `a process that does not leave is named when the wait ends`() throws {
        try Site.with { site in
            _ = try Cgroup.create(site.placement, controllers: [])
            let idler = try idler(in: site.placement.path)
            let failure = #expect(throws: CgroupsError.self) { try Cgroup.remove(site.placement, within: .milliseconds(50)) }
            let text = "cgroup \(site.placement.path): 1 process(es) did not leave it within 0.05 seconds: \(idler.pid)"
            #expect(failure?.description == text)
        }
    }

    @Test func `what is not there is removed without ado`() throws {
        try Site.with("a") { site in
            try Cgroup.remove(site.placement)
            #expect(try Cgroup.open(site.placement) == nil)
        }
    }

    @Test func `a cgroup that is gone has no processes and is not frozen`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try Cgroup.remove(site.placement)
            #expect(try cgroup.processes(.withDescendants) == [])
            #expect(try !cgroup.isFrozen)
            try cgroup.kill()
        }
    }

    @Test func `below a threaded cgroup it becomes threaded, unless a domain controller is wanted`() throws {
        try Site.with("threads", "mine") { site in
            let parent = Placement(mountPoint: site.placement.mountPoint, levels: Array(site.placement.levels.dropLast()), layout: .hybrid)
            _ = try Cgroup.create(parent, controllers: [])
            try Kernel.write("threaded", to: parent.path + "/cgroup.type")
            let refusal = #expect(throws: CgroupsError.self) { _ = try Cgroup.create(site.placement, controllers: ["memory"]) }
            #expect(refusal?.description.contains("in threaded mode") == true)
            #expect(!Files.exists(site.placement.path))
            let cgroup = try Cgroup.create(site.placement, controllers: ["pids"])
            let idler = try idler(in: site.placement.path)
            #expect(try cgroup.processes(.itself) == [idler.pid])
            try cgroup.kill()
            #expect(try idler.wait() == .killed(signal: 9))
        }
    }

    @Test func `a cgroup is given to its user with the files the kernel lists, and no limit`() throws {
        try Site.with { site in
            let cgroup = try Cgroup.create(site.placement, controllers: [])
            try cgroup.delegate(to: 4711)
            for file in ["", "/cgroup.procs", "/cgroup.subtree_control", "/cgroup.threads"] {
                #expect(Files.facts(site.placement.path + file)?.uid == 4711, "\(file)")
                #expect(Files.facts(site.placement.path + file)?.gid == 0, "\(file)")
            }
            #expect(Files.facts(site.placement.path + "/cgroup.freeze")?.uid == 0)
        }
    }
}
