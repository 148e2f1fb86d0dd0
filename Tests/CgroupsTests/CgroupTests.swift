import Cgroups
import Foundation
import Kernel
import Testing

@Suite(.serialized, .enabled(if: Scratch.isUsable, "needs a writable cgroup2 mount"), .timeLimit(.minutes(1)))
struct CgroupTests {
    @Test func `every missing level is made, and taken back`() throws {
        try Scratch.with("a", "b") { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            #expect(cgroup.made == 3)
            #expect(FileManager.default.fileExists(atPath: placement.path))
            try cgroup.removeMade()
            #expect(try Cgroup.open(Placement(mountPoint: placement.mountPoint, levels: [placement.levels[0]], layout: placement.layout)) == nil)
        }
    }

    @Test func `a level that was there before stays`() throws {
        try Scratch.with("a", "b") { placement in
            try FileManager.default.createDirectory(atPath: placement.mountPoint + "/" + placement.levels[0], withIntermediateDirectories: false)
            let cgroup = try Cgroup.create(placement, controllers: [])
            #expect(cgroup.made == 2)
            try cgroup.removeMade()
            #expect(try FileManager.default.contentsOfDirectory(atPath: placement.mountPoint + "/" + placement.levels[0]).contains("a") == false)
        }
    }

    @Test func `a level another container uses by now stays`() throws {
        try Scratch.with("a") { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            let parent = placement.mountPoint + "/" + placement.levels[0]
            try FileManager.default.createDirectory(atPath: parent + "/other", withIntermediateDirectories: false)
            try cgroup.removeMade()
            #expect(FileManager.default.fileExists(atPath: parent + "/other"))
            #expect(!FileManager.default.fileExists(atPath: placement.path))
        }
    }

    @Test func `a cgroup with a process is refused, and left alone`() throws {
        try Scratch.with { placement in
            _ = try Cgroup.create(placement, controllers: [])
            try FileManager.default.createDirectory(atPath: placement.path + "/below", withIntermediateDirectories: false)
            let sleeper = try Sleeper()
            try sleeper.enter(placement.path + "/below")
            #expect(throws: CgroupsError.notEmpty(processes: 1)) { _ = try Cgroup.create(placement, controllers: []) }
            #expect(try sleeper.isRunning)
        }
    }

    @Test func `an empty cgroup that is there already is taken`() throws {
        try Scratch.with { placement in
            _ = try Cgroup.create(placement, controllers: [])
            #expect(try Cgroup.create(placement, controllers: []).made == 0)
        }
    }

    @Test func `a frozen cgroup is refused, its own or its parent's doing`() throws {
        try Scratch.with("below") { placement in
            let parent = Placement(mountPoint: placement.mountPoint, levels: [placement.levels[0]], layout: placement.layout)
            try Cgroup.create(parent, controllers: []).freeze()
            #expect(throws: CgroupsError.frozen) { _ = try Cgroup.create(placement, controllers: []) }
            #expect(!FileManager.default.fileExists(atPath: placement.path))
            #expect(throws: CgroupsError.frozen) { _ = try Cgroup.create(parent, controllers: []) }
        }
    }

    @Test func `processes are listed, here and below`() throws {
        try Scratch.with { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            try FileManager.default.createDirectory(atPath: placement.path + "/below", withIntermediateDirectories: false)
            let (here, below) = (try Sleeper(), try Sleeper())
            try here.enter(placement.path)
            try below.enter(placement.path + "/below")
            #expect(try cgroup.processes(.itself) == [here.pid])
            #expect(Set(try cgroup.processes(.withDescendants)) == [here.pid, below.pid])
        }
    }

    @Test func `kill reaches every process below`() throws {
        try Scratch.with { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            try FileManager.default.createDirectory(atPath: placement.path + "/below", withIntermediateDirectories: false)
            let (here, below) = (try Sleeper(), try Sleeper())
            try here.enter(placement.path)
            try below.enter(placement.path + "/below")
            try cgroup.kill()
            #expect(try here.end() == .signaled(.kill, .none))
            #expect(try below.end() == .signaled(.kill, .none))
        }
    }

    @Test func `freezing stops and thawing lets go`() throws {
        try Scratch.with { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            let sleeper = try Sleeper()
            try sleeper.enter(placement.path)
            #expect(try !cgroup.isFrozen)
            try cgroup.freeze()
            #expect(try cgroup.isFrozen)
            try cgroup.thaw()
            #expect(try !cgroup.isFrozen)
        }
    }

    @Test func `a killed process is waited for when its cgroup is removed`() throws {
        try Scratch.with { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            try FileManager.default.createDirectory(atPath: placement.path + "/below/deeper", withIntermediateDirectories: true)
            let sleepers = try (0..<20).map { _ in try Sleeper() }
            for sleeper in sleepers { try sleeper.enter(placement.path + "/below/deeper") }
            try cgroup.kill()
            try Cgroup.remove(placement)
            #expect(!FileManager.default.fileExists(atPath: placement.path))
        }
    }

    @Test func `a process that does not leave is named when the wait ends`() throws {
        try Scratch.with { placement in
            _ = try Cgroup.create(placement, controllers: [])
            let sleeper = try Sleeper()
            try sleeper.enter(placement.path)
            let awaited = "1 process(es) did not leave it within 0.05 seconds: \(sleeper.pid)"
            #expect(throws: CgroupsError.timedOut(cgroup: placement.path, awaited: awaited)) {
                try Cgroup.remove(placement, within: .milliseconds(50))
            }
        }
    }

    @Test func `what is not there is removed without ado`() throws {
        try Scratch.with("a") { placement in
            try Cgroup.remove(placement)
            #expect(try Cgroup.open(placement) == nil)
        }
    }

    @Test func `a cgroup that is gone has no processes and is not frozen`() throws {
        try Scratch.with { placement in
            let cgroup = try Cgroup.create(placement, controllers: [])
            try Cgroup.remove(placement)
            #expect(try cgroup.processes(.withDescendants) == [])
            #expect(try !cgroup.isFrozen)
            try cgroup.kill()
        }
    }

    @Test func `below a threaded cgroup it becomes threaded, unless a domain controller is wanted`() throws {
        try Scratch.with("threads", "mine") { placement in
            let parent = Placement(mountPoint: placement.mountPoint, levels: Array(placement.levels.dropLast()), layout: placement.layout)
            _ = try Cgroup.create(parent, controllers: [])
            try Data("threaded".utf8).write(to: URL(fileURLWithPath: parent.path + "/cgroup.type"))
            #expect(throws: CgroupsError.self) { _ = try Cgroup.create(placement, controllers: ["memory"]) }
            #expect(!FileManager.default.fileExists(atPath: placement.path))
            let cgroup = try Cgroup.create(placement, controllers: ["pids"])
            #expect(try String(contentsOfFile: placement.path + "/cgroup.type", encoding: .utf8) == "threaded\n")
            let sleeper = try Sleeper()
            try sleeper.enter(placement.path)
            #expect(try cgroup.processes(.itself) == [sleeper.pid])
            try cgroup.kill()
            #expect(try sleeper.end() == .signaled(.kill, .none))
        }
    }
}
