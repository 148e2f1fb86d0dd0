import Glibc
import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct FileStatusTests {
    @Test func `a device has its number`() throws {
        let null = try status(of: "/dev/null")
        #expect(null.kind == .characterDevice)
        #expect(null.node == DeviceNumber(major: 1, minor: 3))
        #expect(try status(of: "/etc/passwd").node == DeviceNumber(major: 0, minor: 0))
    }

    @Test(.enabled(if: Host.isRoot, "needs root")) func `the largest device number is taken apart rightly`() throws {
        // The kernel has 12 bits of major and 20 of minor.
        let path = try place("device")
        try #require(try execute(["mknod", path, "b", "4095", "1048575"]).status == 0)
        let status = try status(of: path)
        #expect(status.kind == .blockDevice)
        #expect(status.node == DeviceNumber(major: 4095, minor: 1_048_575))
    }

    @Test func `the facts are those of libc`() throws {
        let path = try place("file")
        try Files.write(path, "twelve bytes", mode: 0o4751)
        let second = try place("second")
        try #require(unsafe link(path, second) == 0)
        let facts = try #require(Files.facts(path))
        let status = try Kernel.status(of: path)
        #expect(status.mode == facts.mode && status.permissions == 0o4751)
        #expect(status.size == 12 && status.links == 2)
        #expect(status.inode == facts.inode)
        #expect((status.uid, status.gid) == (geteuid(), getegid()))
        let device = try execute(["stat", "--format=%Hd:%Ld", path]).output
        #expect("\(status.device.major):\(status.device.minor)\n" == device)
        #expect(status.isSameFile(as: try Kernel.status(of: place("second"))))
        #expect(!status.isSameFile(as: try Kernel.status(of: "/")))
    }

    @Test func `a symlink is followed or meant itself`() throws {
        let path = try place("link")
        try Files.makeSymlink(path, to: "/dev/null")
        #expect(try status(of: path).kind == .characterDevice)
        #expect(try status(of: path, lastLink: .kept).kind == .symbolicLink)
        #expect(try status(of: "link", at: open(place(""), .path)).kind == .symbolicLink)
    }

    @Test func `the root of a mount is told from a directory in it`() throws {
        #expect(try status(of: "/proc").isMountRoot)
        #expect(try !status(of: "/proc/self").isMountRoot)
        let id = try status(of: "/proc").mountID
        #expect(try MountTable.current().entries.last { $0.mountPoint == "/proc" }?.id == id)
    }

    @Test func `filesystems are told by their magic, mounts by their flags`() throws {
        #expect(try fileSystem(of: open("/proc", .path)).magic == .proc)
        #expect(try fileSystem(of: open("/proc/self/ns/mnt", [.path, .noFollow])).magic == .proc)
        #expect(try fileSystem(of: open("/proc/self/ns/mnt", .readOnly)).magic == .namespace)
        let options = try #require(try MountTable.current().entries.last { $0.mountPoint == "/proc" }).options
        let flags = try fileSystem(of: open("/proc", .path)).flags
        #expect(flags.contains(.readOnly) == options.contains("ro"))
        #expect(flags.contains(.noSetUID) == options.contains("nosuid"))
        #expect(flags.contains(.relativeAccessTime) == options.contains("relatime"))
    }
}
