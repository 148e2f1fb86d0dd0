import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct DeviceTests {
    @Test func `the default devices and links are there`() throws {
        let bundle = try Bundle()
        let nodes = [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)]
        let links = [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx")]
        bundle.set("/process/args", Value(["/bin/probe", "stat"] + (nodes.map { "/dev/\($0.0)" } + links.map { "/dev/\($0.0)" })))
        let outcome = try bundle.run()
        for (name, major, minor) in nodes {
            let facts = try outcome.answer("stat", "/dev/\(name)")
            #expect(facts["type"]?.string == "character device", "\(name)")
            #expect(facts["major"]?.integer == major && facts["minor"]?.integer == minor, "\(name)")
            #expect(facts["mode"]?.integer == 0o666, "\(name)")
            #expect(facts["uid"]?.integer == 0 && facts["gid"]?.integer == 0, "\(name)")
        }
        for (name, target) in links { #expect(try outcome.answer("stat", "/dev/\(name)")["target"]?.string == target) }
    }

    @Test func `without a terminal there is no console`() throws {
        let bundle = try Bundle()
        bundle.probe("stat", "/dev/console")
        #expect(try bundle.run().answer("stat")["errno"]?.string == "ENOENT")
    }

    @Test func `a device is made as described`() throws {
        let bundle = try Bundle()
        bundle.set(
            "/linux/devices",
            [
                ["path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o640, "uid": 1000, "gid": 1001],
                ["path": "/dev/sub/dir/disk", "type": "b", "major": 7, "minor": 99],
                ["path": "/dev/fifo", "type": "p", "fileMode": 0o620], ["path": "/dev/unbuffered", "type": "u", "major": 10, "minor": 229],
                ["path": "/elsewhere/node", "type": "c", "major": 1, "minor": 3, "fileMode": 0o600],
            ])
        bundle.probe("stat", "/dev/fuse", "/dev/sub/dir/disk", "/dev/fifo", "/dev/unbuffered", "/elsewhere/node")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        let fuse = try outcome.answer("stat", "/dev/fuse")
        #expect(fuse["major"]?.integer == 10 && fuse["minor"]?.integer == 229)
        #expect(fuse["mode"]?.integer == 0o640)
        #expect(fuse["uid"]?.integer == 1000 && fuse["gid"]?.integer == 1001)
        let disk = try outcome.answer("stat", "/dev/sub/dir/disk")
        #expect(disk["type"]?.string == "block device")
        #expect(disk["major"]?.integer == 7 && disk["minor"]?.integer == 99)
        #expect(disk["mode"]?.integer == 0o666, "the default")
        let fifo = try outcome.answer("stat", "/dev/fifo")
        #expect(fifo["type"]?.string == "fifo")
        #expect(fifo["mode"]?.integer == 0o620, "the umask does not matter")
        #expect(try outcome.answer("stat", "/dev/unbuffered")["type"]?.string == "character device")
        #expect(try outcome.answer("stat", "/elsewhere/node")["minor"]?.integer == 3)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 fails"))
    func `a device that is there already, the same, is taken`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/devices", [["path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 0o666]])
        bundle.probe("stat", "/dev/null")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("stat")["minor"]?.integer == 3)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc takes whatever is there"))
    func `a file in the place of a device is an error`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/devices")
        try Files.write(bundle.rootfs + "/devices/node", "no device")
        bundle.set("/linux/devices", [["path": "/devices/node", "type": "c", "major": 1, "minor": 3]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/devices/node"))
        #expect(Files.text(bundle.rootfs + "/devices/node") == "no device")
    }

    @Test(arguments: [
        (#"{"path": "/dev/x", "type": "z", "major": 1, "minor": 3}"#, "type"), (#"{"path": "dev/x", "type": "c", "major": 1, "minor": 3}"#, "path"),
        (#"{"type": "c", "major": 1, "minor": 3}"#, "path"),
    ])
    func `a faulty device is refused by field`(device: String, field: String) throws {
        let bundle = try Bundle()
        bundle.set("/linux/devices", [try Value(json: device)])
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/linux/devices/0/\(field)"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 needs a null device there"))
    func `a dev bound from the host is left as it is`() throws {
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        try Files.makeDirectory(bundle.path + "/devices")
        bundle.mount("/dev", "bind", "devices", ["bind"])
        bundle.set("/linux/maskedPaths", [])
        bundle.probe("ls", "/dev")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("ls")["names"]?.strings == [])
        #expect(Files.entries(bundle.path + "/devices") == [])
    }

    @Test func `without a mount on dev the nodes are in the image`() throws {
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        bundle.probe("stat", "/dev/null", "--", "write", "/dev/null", "x")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("stat")["major"]?.integer == 1)
        #expect(try outcome.answer("write")["result"]?.integer == 1)
    }
}
