import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct MountTests {
    @Test(arguments: ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "sync", "dirsync", "mand"])
    func `an option sets its flag`(option: String) throws {
        let bundle = try Bundle()
        bundle.mount("/here", "tmpfs", "tmpfs", [option])
        // What relatime cannot be told from is the default; mand is accepted and means nothing since 5.15.
        let expected = ["mand": "relatime"][option] ?? option
        let mount = try #require(try bundle.report().mount(at: "/here"))
        #expect((mount.options + mount.superOptions).contains(expected), "\(mount)")
        #expect(mount.type == "tmpfs")
    }

    @Test(arguments: [
        (["ro", "rw"], "rw"), (["nosuid", "suid"], "-nosuid"), (["nodev", "dev"], "-nodev"), (["noexec", "exec"], "-noexec"),
        (["noatime", "atime"], "-noatime"), (["nodiratime", "diratime"], "-nodiratime"), (["rw", "ro"], "ro"), (["suid", "nosuid"], "nosuid"),
        (["sync", "async"], "-sync"), (["strictatime"], "-relatime"),
    ])
    func `of opposite options the last counts`(options: [String], expected: String) throws {
        let bundle = try Bundle()
        bundle.mount("/here", "tmpfs", "tmpfs", options)
        let mount = try #require(try bundle.report().mount(at: "/here"))
        let all = mount.options + mount.superOptions
        if expected.hasPrefix("-") {
            #expect(!all.contains(String(expected.dropFirst())), "\(mount)")
        } else {
            #expect(mount.options.contains(expected), "\(mount)")
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 passes it as data"))
    func `nosymfollow is a flag`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "tmpfs", "tmpfs", ["nosymfollow"])
        #expect(try bundle.report().mount(at: "/here")?.options.contains("nosymfollow") == true)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc passes it as data"), arguments: ["tmpfs", "bind"])
    func `defaults changes nothing`(kind: String) throws {
        let bundle = try Bundle()
        if kind == "bind" {
            bundle.mount("/here", "none", "rootfs/etc", ["bind", "defaults"])
        } else {
            bundle.mount("/here", "tmpfs", "tmpfs", ["defaults"])
        }
        #expect(try bundle.report().mount(at: "/here")?.options.first == "rw")
    }

    @Test func `data goes to the filesystem`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "tmpfs", "scratch", ["nosuid", "size=1m", "mode=1710", "uid=1000", "gid=1001"])
        bundle.probe("stat", "/here", "--", "report")
        let outcome = try bundle.run()
        let facts = try outcome.answer("stat")
        #expect(facts["bytes"]?.integer == 1 << 20)
        #expect(facts["mode"]?.integer == 0o1710)
        #expect(facts["uid"]?.integer == 1000)
        #expect(facts["gid"]?.integer == 1001)
        #expect(try outcome.report().mount(at: "/here")?.source == "scratch")
    }

    @Test func `a tmpfs takes the mode of the directory it covers`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/here")
        try Files.changeMode(bundle.rootfs + "/here", 0o1770)
        bundle.mount("/here", "tmpfs", "tmpfs")
        bundle.probe("stat", "/here")
        #expect(try bundle.run().answer("stat")["mode"]?.integer == 0o1770)
    }

    @Test(arguments: ["nonsense", "size=lots", "mode=rwx"])
    func `data that the filesystem refuses names the mount`(option: String) throws {
        let bundle = try Bundle()
        bundle.mount("/here", "tmpfs", "tmpfs", [option])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/here"))
    }

    @Test func `an unknown filesystem names the mount`() throws {
        let bundle = try Bundle()
        bundle.mount("/here", "nosuchfs", "none")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/here"))
        #expect(outcome.tells("ENODEV"))
    }

    @Test func `mounts stand in their order`() throws {
        let bundle = try Bundle()
        bundle.mount("/a", "tmpfs", "first")
        bundle.mount("/a/b", "tmpfs", "second")
        bundle.mount("/a", "tmpfs", "third")
        bundle.probe("ls", "/a", "--", "report")
        let outcome = try bundle.run()
        #expect(try outcome.answer("ls")["names"]?.strings == [], "the third covers the second")
        #expect(try outcome.report().mounts.filter { $0.point == "/a" }.map(\.source) == ["first", "third"])
    }

    @Test func `a mount point is made, and its parents`() throws {
        let bundle = try Bundle()
        bundle.mount("/deep/er/dir", "tmpfs", "tmpfs")
        bundle.mount("/deep/file", "bind", "/etc/hostname", ["bind"])
        bundle.probe("stat", "/deep", "/deep/er", "/deep/file")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("stat", "/deep/er")["mode"]?.integer == 0o755)
        #expect(try outcome.answer("stat", "/deep/file")["type"]?.string == "file")
        #expect(Files.facts(bundle.rootfs + "/deep/file")?.size == 0, "an empty file stands under the mount")
    }

    @Test func `a relative destination is below the root`() throws {
        let bundle = try Bundle()
        bundle.mount("some/where", "tmpfs", "tmpfs")
        #expect(try bundle.report().mount(at: "/some/where") != nil)
    }

    @Test func `a mount over the root is refused`() throws {
        let bundle = try Bundle()
        bundle.mount("/", "tmpfs", "tmpfs")
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/"))
    }

    @Test func `a NUL in a field is refused`() throws {
        let bundle = try Bundle()
        bundle.mount("/he\0re", "tmpfs", "tmpfs")
        #expect(try Container(bundle).create().status == 1)
    }

    @Test func `the whole table of a plain container is what was asked for`() throws {
        let bundle = try Bundle()
        bundle.config.set("/linux/maskedPaths", [])
        bundle.config.set("/linux/readonlyPaths", [])
        bundle.namespace("cgroup", "")
        let report = try bundle.report()
        let table = report.mounts.filter { !$0.point.hasPrefix("/sys/fs/cgroup/") }.map { "\($0.point) \($0.type)" }
        #expect(
            table.map { $0.split(separator: " ")[0] } == ["/", "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup"])
        #expect(table.contains("/proc proc") && table.contains("/dev tmpfs") && table.contains("/sys sysfs") && table.contains("/dev/mqueue mqueue"))
        #expect(report.mounts.allSatisfy { $0.optional.isEmpty }, "nothing propagates")
        #expect(report.mount(at: "/dev/pts")?.superOptions.contains("ptmxmode=666") == true)
        #expect(report.mount(at: "/sys")?.options.contains("ro") == true)
    }

    @Test func `proc on a symlink is refused`() throws {
        for destination in ["/proc", "/sys"] {
            let bundle = try Bundle()
            try Files.remove(bundle.rootfs + destination)
            try Files.makeDirectory(bundle.rootfs + "/elsewhere")
            try Files.makeSymlink(bundle.rootfs + destination, to: "/elsewhere")
            let outcome = try Container(bundle).create()
            #expect(outcome.status == 1, "CVE-2019-19921")
            #expect(outcome.errors.contains(destination))
        }
    }

    @Test(arguments: ["/proc/version", "/proc/self/attr", "/proc/sys/kernel", "/proc/1"])
    func `nothing may be put into proc`(destination: String) throws {
        let bundle = try Bundle()
        let isFile = destination == "/proc/version"
        bundle.mount(destination, "bind", isFile ? "/etc/hostname" : "/tmp", ["bind"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(destination))
    }

    @Test(arguments: ["/proc/meminfo", "/proc/cpuinfo", "/proc/uptime"])
    func `but for the files that lxcfs serves`(destination: String) throws {
        let bundle = try Bundle()
        try Files.write(bundle.path + "/faked", "faked\n")
        bundle.mount(destination, "bind", "faked", ["bind"])
        bundle.probe("cat", destination)
        #expect(try bundle.run().answer("cat")["content"]?.string == "faked\n")
    }

    @Test func `proc from the host may stand on proc`() throws {
        let bundle = try Bundle()
        bundle.unmount("/proc")
        bundle.namespace("pid", nil)
        bundle.set("/linux/maskedPaths", [])
        bundle.set("/linux/readonlyPaths", [])
        bundle.set(
            "/mounts",
            .array([["destination": "/proc", "type": "bind", "source": "/proc", "options": ["rbind", "nosuid"]]] + (bundle.config.at("/mounts")?.array ?? [])))
        #expect(try bundle.report().mount(at: "/proc")?.type == "proc")
    }

    @Test func `something else may not stand on proc`() throws {
        let bundle = try Bundle()
        bundle.mount("/proc", "bind", "/tmp", ["bind"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/proc"))
    }
}
