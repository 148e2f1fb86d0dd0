import Kernel
import TestKit
import Testing

@Suite struct PathTests {
    /// The rules are those of Go's filepath.Clean, which runc follows.
    @Test(arguments: [
        ("", "."), ("abc", "abc"), ("abc/def", "abc/def"), (".", "."), ("..", ".."), ("../..", "../.."), ("/abc", "/abc"), ("/", "/"),
        ("abc/", "abc"), ("abc//def//ghi", "abc/def/ghi"), ("//abc", "/abc"), ("///", "/"), ("abc/./def", "abc/def"),
        ("/./abc/def", "/abc/def"), ("abc/def/ghi/../jkl", "abc/def/jkl"), ("abc/def/..", "abc"), ("abc/def/../..", "."),
        ("/abc/def/../..", "/"), ("abc/def/../../..", ".."), ("/abc/def/../../..", "/"), ("abc/../../././../def", "../../def"), ("/..", "/"),
    ])
    func `a path is cleaned as Go does`(path: String, clean: String) {
        #expect(Path.clean(path) == clean)
    }

    @Test func `a slash stays one with an accent behind it`() {
        // As characters these are one letter, an accented slash; as bytes, which the kernel sees, they are two.
        #expect(Path.components("/a/\u{301}b").map { Array($0.utf8) } == [Array("a".utf8), Array("\u{301}b".utf8)])
        #expect(Array(Path.clean("/x/\u{301}b/..").utf8) == Array("/x".utf8))
        #expect(Array(Path.parent("/x/\u{301}b").utf8) == Array("/x".utf8))
        #expect(Path.isAbsolute("/\u{301}"))
        #expect(!Path.isWithin("/caf\u{65}\u{301}", "/caf\u{e9}"))
    }

    @Test func `parts are joined and cleaned`() {
        #expect(Path.join("/a", "b", "../c") == "/a/c")
        #expect(Path.join("/a", "/etc/passwd") == "/a/etc/passwd")
        #expect(Path.join("", "a") == "a")
        #expect(Path.join("", "") == "")
    }

    @Test func `a relative path starts at the directory, an absolute one at the root`() {
        #expect(Path.absolute("x/../y", in: "/a") == "/a/y")
        #expect(Path.absolute("/x/./y", in: "/a") == "/x/y")
        #expect(Path.absolute("", in: "/a") == "/a")
        #expect(Path.absolute("../../..", in: "/a") == "/")
    }

    @Test(arguments: [("/a/b", "/a", "b"), ("/a/b/", "/a/b", "b"), ("a", ".", "a"), ("/", "/", "/"), ("/a", "/", "a"), ("", ".", "."), ("./a", ".", "a")])
    func `a path has a parent and a last name`(path: String, parent: String, last: String) {
        #expect(Path.parent(path) == parent)
        #expect(Path.lastComponent(path) == last)
    }

    @Test func `a directory holds itself and what is below, not what begins alike`() {
        #expect(Path.isWithin("/a/b", "/a"))
        #expect(Path.isWithin("/a", "/a"))
        #expect(Path.isWithin("/a", "/"))
        #expect(!Path.isWithin("/ab", "/a"))
        #expect(!Path.isWithin("/", "/a"))
    }
}

@Suite(.machineUnchanged) struct RealPathTests {
    @Test func `a real path has no symlinks`() throws {
        try Files.makeDirectory(place("real/directory"))
        try Files.makeSymlink(place("link"), to: "real")
        #expect(try realPath(place("link/directory/../directory")) == realPath(place("")) + "/real/directory")
        let missing = try place("link/missing")
        #expect(throws: SyscallError("open", missing, .noEntry)) { try realPath(missing) }
    }

    @Test func `a removed file says so`() throws {
        let path = try place("file")
        try Files.write(path, "")
        let file = try open(path, .path)
        #expect(try Kernel.path(of: file) == realPath(path))
        try removeFile(path)
        #expect(try Kernel.path(of: file).hasSuffix("/file (deleted)"))
    }

    @Test func `the working directory is absolute and real`() throws {
        #expect(try status(of: workingDirectory()).isSameFile(as: status(of: ".")))
        #expect(try realPath(".") == workingDirectory())
    }
}
