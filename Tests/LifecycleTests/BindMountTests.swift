import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct BindMountTests {
    @Test func `a directory is bound, writable`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/shared")
        bundle.mount("/here", "bind", bundle.path + "/shared", ["bind"])
        bundle.probe("create", "/here/file", "written")
        #expect(try bundle.run().answer("write")["result"]?.integer == 7)
        #expect(Files.text(bundle.path + "/shared/file") == "written")
    }

    @Test func `a relative source is in the bundle`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.path + "/file", "text")
        bundle.mount("/file", "none", "file", ["rbind"])
        bundle.probe("cat", "/file")
        let outcome = try bundle.run()
        #expect(try outcome.answer("cat")["content"]?.string == "text")
    }

    @Test(arguments: ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime"])
    func `a flag is put on the bind`(flag: String) throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "rootfs/etc", ["rbind", flag])
        #expect(try bundle.report().mount(at: "/here")?.options.contains(flag) == true)
    }

    @Test func `without flags the bind has those of its source`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "/proc/sys", ["bind"])
        let source = try execute([ProbeBinary.path, "report"]).report().mount(at: "/proc")
        let options = try bundle.report().mount(at: "/here")?.options
        #expect(options == source?.options)
    }

    @Test func `read only is read only`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/shared")
        bundle.mount("/here", "bind", "shared", ["bind", "ro"])
        bundle.probe("create", "/here/file", "x", "--", "remount", "/here", "--", "umount", "/here")
        let outcome = try bundle.run()
        #expect(try outcome.answer("write")["errno"]?.string == "EROFS")
        #expect(try outcome.answer("remount")["errno"]?.string == "EPERM")
        #expect(try outcome.answer("umount")["errno"]?.string == "EPERM")
        #expect(Files.entries(bundle.path + "/shared") == [])
    }

    @Test func `bind leaves out what is mounted below and rbind takes it along`() throws {
        let bundle = try Bundle()
        bundle.mount("/one", "bind", "/dev", ["bind"])
        bundle.mount("/all", "bind", "/dev", ["rbind"])
        let points = Set(try bundle.report().mounts.map(\.point))
        #expect(points.contains("/one") && !points.contains("/one/shm"))
        #expect(points.isSuperset(of: ["/all", "/all/shm", "/all/pts"]))
    }

    @Test func `ro is for one mount and rro for all below`() throws {
        let bundle = try Bundle()
        bundle.mount("/ro", "bind", "/dev", ["rbind", "ro"])
        bundle.mount("/rro", "bind", "/dev", ["rbind", "rro"])
        bundle.mount("/rnoexec", "bind", "/dev", ["rbind", "rnoexec", "rnosuid"])
        let report = try bundle.report()
        #expect(report.mount(at: "/ro")?.options.contains("ro") == true)
        #expect(report.mount(at: "/ro/shm")?.options.contains("rw") == true)
        #expect(report.mount(at: "/rro")?.options.contains("ro") == true)
        #expect(report.mount(at: "/rro/shm")?.options.contains("ro") == true)
        for point in ["/rnoexec", "/rnoexec/shm", "/rnoexec/pts"] {
            let options = try #require(report.mount(at: point)?.options)
            #expect(options.contains("noexec") && options.contains("nosuid"))
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "the atime options of runc 1.1 are wrong"), arguments: ["rnoatime", "rrelatime", "rstrictatime", "rnodiratime"])
    func `recursive times`(option: String) throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "/dev", ["rbind", option])
        let options = try #require(try bundle.report().mount(at: "/here/shm")?.options)
        switch option {
        case "rstrictatime": #expect(!options.contains("relatime") && !options.contains("noatime"))
        default: #expect(options.contains(String(option.dropFirst())))
        }
    }

    @Test(arguments: [
        ("private", []), ("rprivate", []), ("shared", ["shared"]), ("rshared", ["shared"]), ("unbindable", ["unbindable"]), ("slave", []),
    ])
    func `propagation is that asked for`(option: String, expected: [String]) throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/shared")
        bundle.mount("/here", "bind", "shared", ["rbind", option])
        let optional = try #require(try bundle.report().mount(at: "/here")?.optional)
        #expect(optional.map { String($0.prefix { $0 != ":" }) } == expected)
    }

    @Test func `a missing source names the mount`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "/no/such/source", ["bind"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/no/such/source"))
        #expect(outcome.tells("ENOENT"))
        #expect(!Files.exists("/no"), "a runtime makes no sources")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 ignores it"))
    func `a bind has no data`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "/tmp", ["bind", "size=1m"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("size=1m") || outcome.errors.contains("filesystem-specific"))
    }

    @Test func `a symlink as source is followed on the host`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.path + "/real", "real")
        try Files.makeSymlink(bundle.path + "/link", to: "real")
        bundle.mount("/file", "bind", "link", ["bind"])
        bundle.probe("cat", "/file")
        #expect(try bundle.run().answer("cat")["content"]?.string == "real")
    }

    @Test func `a socket, a fifo and a device are bound as files`() throws {
        let bundle = try Bundle()
        try Files.makeFifo(bundle.path + "/fifo")
        let socket = try ConsoleSocket()
        bundle.mount("/fifo", "bind", "fifo", ["bind"])
        bundle.mount("/socket", "bind", socket.path, ["bind"])
        bundle.mount("/null", "bind", "/dev/null", ["bind"])
        bundle.probe("stat", "/fifo", "/socket", "/null")
        let outcome = try bundle.run()
        #expect(try outcome.answer("stat", "/fifo")["type"]?.string == "fifo")
        #expect(try outcome.answer("stat", "/socket")["type"]?.string == "socket")
        #expect(try outcome.answer("stat", "/null")["type"]?.string == "character device")
    }

    @Test(.enabled(if: UnderTest.hasMappedMounts, "the runtime says that it has no id-mapped mounts"))
    func `an idmapped bind shows mapped owners`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/shared")
        try Files.write(bundle.path + "/shared/file", "x")
        try Files.changeOwner(bundle.path + "/shared/file", uid: 1000, gid: 1000)
        let mapping: Value = [["containerID": 1000, "hostID": 5000, "size": 1], ["containerID": 0, "hostID": 0, "size": 1]]
        bundle.append(
            "/mounts",
            [
                "destination": "/here", "type": "bind", "source": "shared", "options": ["bind", "idmap"], "uidMappings": mapping,
                "gidMappings": mapping,
            ])
        bundle.probe("stat", "/here/file")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        let facts = try outcome.answer("stat")
        #expect(facts["uid"]?.integer == 5000)
        #expect(facts["gid"]?.integer == 5000)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no idmap"))
    func `idmap without a mapping is an error`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "bind", "/tmp", ["bind", "idmap"])
        #expect(try Container(bundle).create().status == 1)
    }
}
