import JSON
import TestKit
import Testing

// Where mounts land in an image that means harm: CVE-2021-30465, CVE-2024-45310 and their kin.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct MountTargetTests {
    @Test func `a symlink in the image leads nowhere but into the image`() throws {
        let bundle = try Bundle()
        let outside = bundle.path + "/outside"
        try Files.makeDirectory(outside)
        try Files.makeSymlink(bundle.rootfs + "/absolute", to: outside)
        try Files.makeSymlink(bundle.rootfs + "/relative", to: "../outside")
        try Files.makeSymlink(bundle.rootfs + "/climbing", to: "../../../../../../../../..\(outside)")
        bundle.mount("/absolute/a", "tmpfs", "one")
        bundle.mount("/relative", "tmpfs", "two")
        bundle.mount("/climbing/b", "bind", "/etc/hostname", ["bind"])
        let report = try bundle.report()
        #expect(report.mounts.filter { ["one", "two"].contains($0.source) }.map(\.point) == ["\(outside)/a", "/outside"])
        #expect(report.mount(at: "\(outside)/b") != nil)
        #expect(Files.entries(outside) == [], "nothing was made on the host")
    }

    @Test func `dots in a destination stay inside`() throws {
        let bundle = try Bundle()
        bundle.mount("/../../a/../b", "tmpfs", "dots")
        let report = try bundle.report()
        #expect(report.mounts.first { $0.source == "dots" }?.point == "/b")
    }

    @Test func `an inner symlink is followed`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/run")
        try Files.makeDirectory(bundle.rootfs + "/var")
        try Files.makeSymlink(bundle.rootfs + "/var/run", to: "/run")
        bundle.mount("/var/run/x", "tmpfs", "tmpfs")
        #expect(try bundle.report().mount(at: "/run/x") != nil)
    }

    @Test func `a dangling symlink gets its target made inside`() throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/dangling", to: "/made/here")
        bundle.mount("/dangling", "tmpfs", "tmpfs")
        let outcome = try bundle.run()
        // Refusing it is safe too; what must not be is a mount elsewhere.
        if outcome.status == 0 { #expect(try outcome.report().mount(at: "/made/here") != nil) }
        #expect(!Files.exists("/made"))
    }

    @Test func `a loop of symlinks is an error`() throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/a", to: "/b")
        try Files.makeSymlink(bundle.rootfs + "/b", to: "/a")
        bundle.mount("/a/x", "tmpfs", "tmpfs")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/a/x"))
    }

    @Test func `a file in the way of a directory is an error`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/file", "")
        bundle.mount("/file/below", "tmpfs", "tmpfs")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/file/below"))
    }

    @Test func `a directory cannot be bound on a file`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/file", "")
        bundle.mount("/file", "bind", "/tmp", ["bind"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/file"))
    }

    @Test func `a symlink that another mount brings leads nowhere outside`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/volume")
        try Files.makeDirectory(bundle.path + "/target")
        try Files.makeSymlink(bundle.path + "/volume/link", to: "../../../../../../../..\(bundle.path)/target")
        bundle.mount("/volume", "bind", "volume", ["bind"])
        bundle.mount("/volume/link", "tmpfs", "inner")
        let report = try bundle.report()
        #expect(report.mounts.first { $0.source == "inner" }?.point == "\(bundle.path)/target")
        #expect(Files.entries(bundle.path + "/target") == [])
    }

    @Test func `proc self root in a destination is not followed out`() throws {
        let bundle = try Bundle()
        bundle.mount("/proc/self/root/tmp/x", "tmpfs", "self-root")
        let outcome = try bundle.run()
        // Refusing it is safe, and so is what the link would mean inside.
        if outcome.status == 0 { #expect(try outcome.report().mounts.last { $0.source == "self-root" }?.point == "/tmp/x") }
    }
}
