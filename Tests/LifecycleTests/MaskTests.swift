import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct MaskTests {
    @Test func `a masked file is empty and a masked directory too`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/secret", "secret")
        try Files.makeDirectory(bundle.rootfs + "/secrets")
        try Files.write(bundle.rootfs + "/secrets/one", "secret")
        bundle.set("/linux/maskedPaths", ["/secret", "/secrets", "/not/there"])
        bundle.probe("cat", "/secret", "--", "ls", "/secrets", "--", "create", "/secrets/new", "x", "--", "stat", "/secret", "--", "umount", "/secret", "--", "report")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("cat")["content"]?.string == "")
        #expect(try outcome.answer("ls")["names"]?.strings == [])
        #expect(try outcome.answer("write")["errno"]?.string == "EROFS")
        #expect(try outcome.answer("umount")["errno"]?.string == "EPERM")
        let null = try outcome.answer("stat")
        #expect(null["major"]?.integer == 1 && null["minor"]?.integer == 3)
        #expect(try outcome.report().mount(at: "/secrets")?.options.contains("ro") == true)
    }

    @Test func `a file and a directory twice are masked once`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/secret", "secret")
        bundle.set("/linux/maskedPaths", ["/secret", "/secret", "/sys/firmware", "/sys/firmware"])
        #expect(try bundle.run().status == 0)
    }

    @Test func `many directories are masked`() throws {
        let bundle = try Bundle()
        let paths = (0..<40).map { "/hide/\($0)" }
        for path in paths { try Files.makeDirectory(bundle.rootfs + path + "/inside") }
        bundle.set("/linux/maskedPaths", Value(paths))
        bundle.set("/process/args", Value(["/bin/probe", "ls"] + paths))
        let lines = try bundle.run().lines()
        #expect(lines.count == 40 && lines.allSatisfy { $0["names"]?.strings == [] })
    }

    @Test func `a symlink among the masked leads to what is inside`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/real", "secret")
        try Files.makeSymlink(bundle.rootfs + "/link", to: "/real")
        bundle.set("/linux/maskedPaths", ["/link"])
        bundle.probe("cat", "/link", "/real")
        let outcome = try bundle.run()
        #expect(try outcome.answer("cat", "/link")["content"]?.string == "")
        #expect(try outcome.answer("cat", "/real")["content"]?.string == "")
    }

    @Test func `a read-only path is read-only and what is mounted below stays`() throws {
        let bundle = try Bundle()
        bundle.set("/root/readonly", false)
        try Files.makeDirectory(bundle.rootfs + "/still/inner")
        try Files.write(bundle.rootfs + "/fixed", "x")
        bundle.mount("/still/inner", "tmpfs", "tmpfs", ["nosuid", "noexec"])
        bundle.set("/linux/readonlyPaths", ["/still", "/fixed", "/not/there", "/dev/shm"])
        bundle.probe(
            "create", "/still/file", "x", "--", "create", "/still/inner/file", "x", "--", "write", "/fixed", "y", "--", "create", "/tmp/file", "x", "--", "report")
        let outcome = try bundle.run()
        #expect(try outcome.answer("write", "/still/file")["errno"]?.string == "EROFS")
        #expect(try outcome.answer("write", "/still/inner/file")["result"]?.integer == 1)
        #expect(try outcome.answer("write", "/fixed")["errno"]?.string == "EROFS")
        #expect(try outcome.answer("write", "/tmp/file")["result"]?.integer == 1)
        let report = try outcome.report()
        let shm = try #require(report.mount(at: "/dev/shm")?.options)
        #expect(Set(shm).isSuperset(of: ["ro", "nosuid", "nodev", "noexec"]), "the flags it had stay")
    }

    @Test func `paths of proc are as listed`() throws {
        let bundle = try Bundle()
        bundle.probe("write", "/proc/sys/kernel/msgmax", "1", "--", "cat", "/proc/timer_list", "--", "write", "/proc/sysrq-trigger", "h")
        let outcome = try bundle.run()
        #expect(try outcome.answer("write", "/proc/sys/kernel/msgmax")["errno"]?.string == "EROFS")
        #expect(["EROFS", "ENOENT"].contains(try outcome.answer("write", "/proc/sysrq-trigger")["errno"]?.string))
        let timers = try outcome.answer("cat")
        #expect(timers["content"]?.string == "" || timers["errno"]?.string == "ENOENT")
    }

    @Test(arguments: ["/linux/maskedPaths", "/linux/readonlyPaths"])
    func `a path needs a mount namespace and no NUL`(pointer: String) throws {
        let bundle = try Bundle()
        bundle.set(pointer, ["/a\0b"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("\(pointer)/0")) }
    }

    @Test func `a null device that the image or a volume brings masks nothing`() throws {
        // CVE-2025-31133: /dev/null was a link to what the container wants to write.
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        try Files.makeSymlink(bundle.rootfs + "/dev/null", to: "/proc/sys/kernel/core_pattern")
        try Files.write(bundle.rootfs + "/secret", "secret")
        bundle.set("/linux/maskedPaths", ["/secret"])
        bundle.probe("stat", "/secret", "--", "cat", "/secret")
        let outcome = try bundle.run()
        guard outcome.status == 0, UnderTest.isSwiftrun else { return }
        let facts = try outcome.answer("stat")
        #expect(facts["major"]?.integer == 1 && facts["minor"]?.integer == 3)
        #expect(try outcome.answer("cat")["content"]?.string == "")
    }
}
