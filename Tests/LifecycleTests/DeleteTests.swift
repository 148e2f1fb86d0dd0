import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct DeleteTests {
    @Test func `a stopped container leaves nothing`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let outcome = try container.delete()
        #expect(outcome.status == 0)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(bundle.scratch.leftovers() == [])
        #expect(try container.delete().errors.contains("container does not exist"))
    }

    @Test func `a running container is not deleted`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.delete()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot delete container \(container.id) that is not stopped: running"))
        #expect(try container.status() == "running")
    }

    @Test func `a created container is killed and deleted`() throws {
        let container = try Container(try waiting()).created()
        #expect(try container.delete().status == 0)
        #expect(try container.end() == .killed(signal: 9))
        #expect(container.bundle.scratch.leftovers() == [])
    }

    @Test func `by force a running container goes`() throws {
        let bundle = try Bundle()
        bundle.probe("spawn", "--", "ignore-term")
        let container = try Container(bundle).running()
        let outcome = try container.delete("--force")
        #expect(outcome.status == 0)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(try container.end() == .killed(signal: 9))
        #expect(bundle.scratch.leftovers() == [])
    }

    @Test func `what does not exist is an error unless by force`() throws {
        let outcome = try swiftrun("delete", "ghost")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("container does not exist"))
        let forced = try swiftrun("delete", "--force", "ghost")
        #expect(forced.status == 0)
        #expect(forced.outputBytes.isEmpty && forced.errorBytes.isEmpty)
    }

    @Test(arguments: [["delete"], ["delete", "--force"]])
    func `a directory without a state is removed`(verb: [String]) throws {
        let scratch = try Scratch.required()
        try Files.makeDirectory(scratch.root + "/half")
        _ = try swiftrun(verb + ["half"])
        #expect(!Files.exists(scratch.root + "/half"))
    }

    @Test func `the cgroup goes and what stood around it stays`() throws {
        let bundle = try Bundle()
        bundle.probe("wait")
        let container = try Container(bundle).running()
        let mount = try #require(cgroupMount)
        #expect(Files.exists("\(mount)/\(bundle.cgroup)"))
        #expect(try container.delete("-f").status == 0)
        #expect(!Files.exists("\(mount)/\(bundle.cgroup)"))
        #expect(Files.exists(bundle.path + "/config.json"))
        #expect(Files.exists(bundle.rootfs + "/bin/probe"))
    }

    @Test func `a container is deleted though its bundle is gone`() throws {
        let container = try Container(try waiting()).running()
        try Files.remove(container.bundle.path)
        #expect(try container.status() == "running")
        #expect(try container.delete("--force").status == 0)
    }
}
