import Plan
import Spec
import Steps
import Testing

@Suite struct RootTests {
    private func trial(_ propagation: Propagation?) -> Trial {
        Trial {
            $0.config.linux.rootfsPropagation = propagation
            $0.facts.rootfsMountPoint = "/b"
        }
    }

    // The root is attached to one of these mounts: were it still shared with the host, it would appear there.
    @Test(
        arguments: [
            (nil, "rslave"), (.slave, "rslave"), (.rslave, "rslave"), (.private, "rprivate"), (.rprivate, "rprivate"),
            (.unbindable, "rprivate"),
            (.runbindable, "rprivate"),
        ] as [(Propagation?, String)])
    func `nothing of the host is shared with before the root is mounted`(propagation: Propagation?, early: String) throws {
        let lines = try trial(propagation).lines()
        let made = try #require(lines.firstIndex(of: "make / \(early)"))
        #expect(made < (try #require(lines.firstIndex { $0.hasPrefix("open mount source") })))
        #expect(!lines.contains { $0.hasPrefix("make /b") })
    }

    @Test(arguments: [Propagation.shared, .rshared]) func `shared with the host, the mount below the root is not`(propagation: Propagation)
        throws
    {
        let lines = try trial(propagation).lines()
        let made = try #require(lines.firstIndex(of: "make / \(propagation.rawValue)"))
        #expect(lines[made + 1] == "make /b private", "pivot_root(2) refuses a shared parent")
        #expect(lines[made + 2] == "open mount source /b/rootfs and below")
    }

    @Test(arguments: [Propagation.shared, .rshared, .unbindable, .runbindable])
    func `what the container's root is to be it becomes in the end`(propagation: Propagation) throws {
        let lines = try trial(propagation).lines()
        let entered = try #require(lines.firstIndex(of: "pivot root"))
        #expect(lines[entered + 1] == "make root \(propagation.rawValue)")
    }

    @Test(arguments: [nil, .slave, .private, .rprivate, .rslave] as [Propagation?])
    func `else it stays private`(propagation: Propagation?) throws {
        #expect(try !trial(propagation).lines().contains { $0.hasPrefix("make root ") })
    }

    @Test func `without pivoting the host's proc and sysfs are covered, but not the container's`() throws {
        let lines = try Trial {
            $0.request.rootChange = .move
            $0.facts.kernelMountPoints = ["/proc", "/sys", "/b/rootfs/proc", "/b/rootfsx"]
        }.lines()
        let moved = try #require(lines.firstIndex(of: "move root"))
        #expect(Array(lines[moved - 3..<moved]) == ["cover /proc of the host", "cover /sys of the host", "cover /b/rootfsx of the host"])
        #expect(!lines.contains("pivot root"))
    }

    @Test(arguments: [Propagation.private, .rprivate]) func `private cannot be had without pivoting`(propagation: Propagation) {
        var moving = trial(propagation)
        moving.request.rootChange = .move
        #expect(throws: PlanError("/linux/rootfsPropagation", "private cannot be had without pivot_root")) { try moving.plan() }
    }
}
