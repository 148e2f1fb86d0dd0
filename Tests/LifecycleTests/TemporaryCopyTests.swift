import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct TemporaryCopyTests {
    @Test func `tmpcopyup carries what the directory had into the tmpfs`() throws {
        let bundle = try Bundle()
        let source = bundle.rootfs + "/data"
        try Files.makeDirectory(source + "/sub/deeper")
        try Files.write(source + "/file", "content", mode: 0o646)
        try Files.changeOwner(source + "/file", uid: 1000, gid: 1001)
        try Files.write(source + "/sub/deeper/leaf", String(repeating: "x", count: 100_000), mode: 0o4755)
        try Files.makeSymlink(source + "/link", to: "/no/where")
        bundle.mount("/data", "tmpfs", "tmpfs", ["tmpcopyup", "nosuid", "mode=750"])
        bundle.probe(
            "ls", "/data", "--", "stat", "/data/file", "/data/sub/deeper/leaf", "/data/link", "/data", "--", "cat", "/data/file", "--", "create",
            "/data/new", "x", "--", "report")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(Set(try outcome.answer("ls")["names"]?.strings ?? []).isSuperset(of: ["file", "link", "sub"]))
        let file = try outcome.answer("stat", "/data/file")
        #expect(file["mode"]?.integer == 0o646)
        #expect(file["uid"]?.integer == 1000)
        #expect(file["gid"]?.integer == 1001)
        #expect(try outcome.answer("cat")["content"]?.string == "content")
        #expect(try outcome.answer("stat", "/data/sub/deeper/leaf")["size"]?.integer == 100_000)
        #expect(try outcome.answer("stat", "/data/sub/deeper/leaf")["mode"]?.integer == 0o4755)
        #expect(try outcome.answer("stat", "/data/link")["target"]?.string == "/no/where")
        #expect(try outcome.answer("write")["result"]?.integer == 1)
        #expect(try outcome.report().mount(at: "/data")?.type == "tmpfs")
        #expect(!Files.exists(source + "/new"), "the image is as it was")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 fails"))
    func `a fifo is carried too`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/data")
        try Files.makeFifo(bundle.rootfs + "/data/fifo", mode: 0o620)
        try Files.changeMode(bundle.rootfs + "/data/fifo", 0o620)
        bundle.mount("/data", "tmpfs", "tmpfs", ["tmpcopyup"])
        bundle.probe("stat", "/data/fifo")
        let facts = try bundle.run().answer("stat")
        #expect(facts["type"]?.string == "fifo")
        #expect(facts["mode"]?.integer == 0o620)
    }

    @Test func `an empty directory is copied too`() throws {
        let bundle = try Bundle()
        bundle.mount("/tmp", "tmpfs", "tmpfs", ["tmpcopyup"])
        bundle.probe("ls", "/tmp")
        #expect(try bundle.run().answer("ls")["names"]?.strings == [])
    }

    @Test func `a directory that is not there yet is made`() throws {
        let bundle = try Bundle()
        bundle.mount("/fresh", "tmpfs", "tmpfs", ["tmpcopyup"])
        #expect(try bundle.report().mount(at: "/fresh")?.type == "tmpfs")
    }
}
