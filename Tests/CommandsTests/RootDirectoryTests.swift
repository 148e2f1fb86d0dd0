import Testing

@testable import Commands

private func caller(
    uid: UInt32 = 0, nested: Bool = false, user: String? = "root", runtime: String? = nil, directory: String = "/home/me"
) -> Caller {
    Caller(effectiveUID: uid, isInUserNamespace: nested, userName: user, runtimeDirectory: runtime, workingDirectory: directory)
}

@Suite struct RootDirectoryTests {
    @Test(arguments: [
        ("/run/x", "/run/x"), ("/run//x/../y/", "/run/y"), ("state", "/home/me/state"), ("../state", "/home/state"), ("", "/home/me"),
        (".", "/home/me"),
    ])
    func `a given root is made absolute`(given: String, path: String) throws {
        let directory = try RootDirectory(given, of: caller())
        #expect(directory.path == path)
        #expect(directory.origin == .given)
    }

    @Test(arguments: ["/", "//", "../..", "/run/..", "../../../.."])
    func `the root of the filesystem is refused`(given: String) {
        #expect(throws: Failure("option --root argument should not be set to /")) { try RootDirectory(given, of: caller()) }
    }

    @Test(arguments: ["", "."])
    func `the working directory is refused where it is the root of the filesystem`(given: String) {
        #expect(throws: Failure("option --root argument should not be set to /")) {
            try RootDirectory(given, of: caller(directory: "/"))
        }
    }

    @Test func `real root does not look at XDG_RUNTIME_DIR`() throws {
        #expect(try RootDirectory(nil, of: caller(runtime: "/run/user/0")).path == "/run/swiftrun")
        #expect(try RootDirectory(nil, of: caller(user: "me", runtime: "/run/user/0")).path == "/run/swiftrun")
    }

    @Test func `a user's containers are below XDG_RUNTIME_DIR`() throws {
        let directory = try RootDirectory(nil, of: caller(uid: 1000, user: "me", runtime: "/run/user/1000"))
        #expect(directory.path == "/run/user/1000/swiftrun")
        #expect(directory.origin == .callersOwn)
        #expect(try RootDirectory(nil, of: caller(uid: 1000, user: "me")).path == "/run/swiftrun")
        #expect(try RootDirectory(nil, of: caller(uid: 1000, user: "me", runtime: "")).path == "/run/swiftrun")
    }

    @Test(arguments: [("root" as String?, "/run/swiftrun"), ("me", "/x/swiftrun"), (nil, "/x/swiftrun")])
    func `root of a user namespace is a user unless USER is root`(user: String?, path: String) throws {
        #expect(try RootDirectory(nil, of: caller(nested: true, user: user, runtime: "/x")).path == path)
    }

    @Test(arguments: [
        ("         0          0 4294967295\n", true), ("         0       1000          1\n", false),
        ("         0       1000          1\n         1     100000      65536\n", false), ("", false),
    ])
    func `the first user namespace is known by its map`(map: String, isFirst: Bool) {
        #expect(isFirstUserNamespace(uidMap: map) == isFirst)
    }
}
