import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct StateTests {
    @Test func `the state has what the specification asks for`() throws {
        let bundle = try waiting()
        bundle.set("/annotations", ["org.example.key": "value/with\"all\\"])
        let container = try Container(bundle).running()
        let outcome = try swiftrun("state", container.id)
        #expect(outcome.errorBytes.isEmpty)
        let state = try outcome.json()
        #expect(state["ociVersion"]?.string?.hasPrefix("1.") == true)
        #expect(state["id"]?.string == container.id)
        #expect(state["status"]?.string == "running")
        #expect(state["pid"]?.integer == (try container.pid))
        #expect(state["bundle"]?.string == bundle.path)
        #expect(state["rootfs"]?.string == bundle.rootfs)
        #expect(state["annotations"] == ["org.example.key": "value/with\"all\\"])
        #expect(state["owner"]?.string == "")
        let created = try #require(state["created"]?.string)
        #expect(created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/) != nil, "\(created)")
    }

    @Test func `the keys stand in runc's order, indented by two, without a newline at the end`() throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("state", container.id)
        #expect(try outcome.json().keys == ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "owner"])
        #expect(outcome.output.hasPrefix("{\n  \"ociVersion\": "))
        #expect(outcome.output.hasSuffix("\n}"))
    }

    @Test func `the status follows the life`() throws {
        let bundle = try waiting()
        let container = try Container(bundle).created()
        #expect(try container.status() == "created")
        #expect(try container.state()["pid"]?.integer == container.pid)
        try container.start()
        #expect(try container.status() == "running")
        try container.kill("KILL")
        _ = try container.end()
        let state = try container.state()
        #expect(state["status"]?.string == "stopped")
        #expect(state["pid"]?.integer == 0)
    }

    @Test func `an unknown id is an error`() throws {
        let outcome = try swiftrun("state", "ghost")
        #expect(outcome.status == 1)
        #expect(outcome.outputBytes.isEmpty)
        #expect(outcome.errors.contains("container does not exist"))
    }

    @Test func `no id is an error`() throws {
        #expect(try swiftrun("state").status == 1)
    }

    @Test func `a symlink to the bundle is told as it was given`() throws {
        let bundle = try waiting()
        try bundle.save()
        let link = bundle.scratch.directory + "/link"
        try Files.makeSymlink(link, to: bundle.path)
        #expect(try swiftrun("run", "--detach", "--bundle", link, "x", output: .null).status == 0)
        let path = try swiftrun("state", "x").json()["bundle"]?.string
        #expect(path == link || path == bundle.path)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 makes the root"))
    func `reading makes nothing`() throws {
        let scratch = try Scratch.required()
        let root = scratch.directory + "/unmade"
        #expect(try swiftrun("--root", root, "state", "x").status == 1)
        #expect(!Files.exists(root))
    }
}
