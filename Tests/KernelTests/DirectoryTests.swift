import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct DirectoryTests {
    @Test func `every name in a large directory is told once`() throws {
        let path = try place("many")
        try Files.makeDirectory(path)
        let names = (0..<3000).map { "a name of some length, number \($0)" }
        for name in names { try Files.write(path + "/" + name, "") }
        let directory = try open(path, [.readOnly, .directory])
        #expect(try entries(of: directory).map(\.name).sorted() == names.sorted())
        // From the start again.
        #expect(try entries(of: directory).count == 3000)
    }

    @Test func `entries tell what they are`() throws {
        let path = try place("kinds")
        try Files.makeDirectory(path + "/directory")
        try Files.write(path + "/file", "")
        try Files.makeSymlink(path + "/link", to: "nowhere")
        try makeFifo(path + "/fifo", permissions: 0o600)
        let found = try entries(of: open(path, [.readOnly, .directory])).sorted { $0.name < $1.name }
        #expect(found.map(\.kind) == [.directory, .fifo, .regular, .symbolicLink])
        #expect(try found.map(\.inode) == found.map { try status(of: path + "/" + $0.name, lastLink: .kept).inode })
    }

    @Test func `directories are made with their parents, and left alone where they are`() throws {
        let path = try place("a/b//c/./d")
        try makeDirectories(path, permissions: 0o700)
        #expect(try status(of: path).permissions == 0o700)
        #expect(try status(of: place("a")).permissions == 0o700)
        try makeDirectories(path, permissions: 0o755)
        #expect(try status(of: path).permissions == 0o700)
    }

    @Test func `a symlink to a directory is as good as one, a file is not`() throws {
        try Files.makeDirectory(place("real"))
        try Files.makeSymlink(place("link"), to: "real")
        try Files.write(place("file"), "")
        try makeDirectories(place("link/below"), permissions: 0o700)
        try makeDirectories(place("link"), permissions: 0o700)
        #expect(Files.entries(try place("real")) == ["below"])
        let file = try place("file")
        #expect(throws: SyscallError("mkdir", file, .exists)) { try makeDirectories(file, permissions: 0o700) }
        #expect(throws: SyscallError("mkdir", file + "/below", .notDirectory)) { try makeDirectories(file + "/below", permissions: 0o700) }
    }

    @Test func `a rename replaces, or refuses to`() throws {
        let (old, new) = (try place("old"), try place("new"))
        try Files.write(old, "old")
        try Files.write(new, "new")
        #expect(throws: SyscallError("rename", "\(old) to \(new)", .exists)) { try rename(old, to: new, .refuses) }
        try rename(old, to: new)
        #expect(Files.text(new) == "old")
        try Files.makeDirectory(place("there"))
        let here = try open(place(""), [.path, .directory])
        let there = try open(place("there"), [.path, .directory])
        try rename("new", at: here, to: "moved", at: there)
        #expect(Files.text(try place("there/moved")) == "old")
    }

    @Test func `removal tells files from directories`() throws {
        let path = try place("some")
        try makeDirectory(path, permissions: 0o700)
        #expect(throws: SyscallError("unlink", path, .isDirectory)) { try removeFile(path) }
        try Files.write(path + "/file", "")
        #expect(throws: SyscallError("rmdir", path, .notEmpty)) { try removeDirectory(path) }
        try removeFile("file", at: open(path, [.path]))
        try removeDirectory("some", at: open(place(""), .path))
        #expect(!Files.exists(path))
    }

    @Test func `links read what they were made to`() throws {
        try symbolicLink(place("link"), to: "some where")
        #expect(try readLink(place("link")) == "some where")
        let directory = try open(place(""), .path)
        try symbolicLink("other", to: "x", at: directory)
        #expect(try readLink("other", at: directory) == "x")
    }

    @Test func `a fifo without a reader refuses a writer that would not wait`() throws {
        let directory = try open(place(""), [.readOnly, .directory])
        try makeFifo("fifo", at: directory, permissions: 0o600)
        #expect(try status(of: "fifo", at: directory).kind == .fifo)
        #expect(throws: SyscallError("openat2", "fifo", .noDeviceOrAddress)) {
            _ = try open("fifo", beneath: directory, [.writeOnly, .nonBlocking])
        }
        let reader = try open("fifo", beneath: directory, [.readOnly, .nonBlocking])
        try write("x", to: open("fifo", beneath: directory, [.writeOnly, .nonBlocking]))
        #expect(try readText(reader) == "x")
    }

    @Test func `permissions are those that were asked for, whatever the umask`() throws {
        let path = try place("open to all")
        try makeDirectory(path, permissions: 0o777)
        let directory = try open(path, [.readOnly, .directory])
        try changePermissions(of: directory, 0o1777)
        #expect(try status(of: directory).permissions == 0o1777)
    }

    @Test(.enabled(if: Host.isRoot, "needs root")) func `owners are changed, of a symlink itself too`() throws {
        let directory = try open(place(""), [.readOnly, .directory])
        try Files.write(place("file"), "")
        try Files.makeSymlink(place("link"), to: "file")
        try changeOwner(of: "link", at: directory, uid: 7, gid: 8)
        try changeOwner(of: open(place("file"), .path), uid: 9, gid: 10)
        let (link, file) = (try status(of: "link", at: directory), try status(of: "file", at: directory))
        #expect((link.uid, link.gid) == (7, 8))
        #expect((file.uid, file.gid) == (9, 10))
    }
}
