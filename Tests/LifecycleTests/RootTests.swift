import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct RootTests {
    @Test(arguments: [true, false])
    func `the root is read-only when asked`(isReadOnly: Bool) throws {
        let bundle = try Bundle()
        bundle.set("/root/readonly", .bool(isReadOnly))
        bundle.probe("create", "/new", "x", "--", "create", "/dev/new", "x")
        let outcome = try bundle.run()
        #expect(try outcome.answer("write", "/new")["errno"]?.string == (isReadOnly ? "EROFS" : nil))
        #expect(try outcome.answer("write", "/dev/new")["errno"]?.string == nil, "what is mounted below is not the root")
        #expect(Files.exists(bundle.rootfs + "/new") == !isReadOnly)
    }

    @Test func `an absolute path is taken as it is`() throws {
        let bundle = try Bundle()
        bundle.set("/root/path", .string(bundle.rootfs))
        #expect(try bundle.run().status == 0)
    }

    @Test(arguments: ["missing", "/no/such/root", "config.json", ""])
    func `a root that is no directory is an error`(path: String) throws {
        let bundle = try Bundle()
        bundle.set("/root/path", .string(path))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `without root there is an error`() throws {
        let bundle = try Bundle()
        bundle.remove("/root")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("root"))
    }

    @Test func `nothing of the host is left below the root`() throws {
        let bundle = try Bundle()
        bundle.probe("ls", "/", "/..", "--", "report")
        let outcome = try bundle.run()
        #expect(try outcome.answer("ls", "/..")["names"] == outcome.answer("ls", "/")["names"])
        let root = try #require(try outcome.report().mounts.first)
        #expect(root.point == "/")
        #expect(root.root.hasSuffix("/rootfs"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 undoes it when it pivots"), arguments: [
        ("private", []), ("rprivate", []), ("shared", ["shared"]), ("rshared", ["shared"]), ("slave", []), ("rslave", []), ("unbindable", ["unbindable"]),
    ])
    func `the root propagates as asked`(propagation: String, expected: [String]) throws {
        let bundle = try Bundle()
        bundle.set("/linux/rootfsPropagation", .string(propagation))
        let optional = try #require(try bundle.report().mount(at: "/")?.optional)
        #expect(optional.map { String($0.prefix { $0 != ":" }) } == expected)
    }

    @Test func `an unknown propagation is an error that names it`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/rootfsPropagation", "wide")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("wide"))
    }

    @Test func `what the container mounts does not reach the host`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/rootfsPropagation", "rshared")
        bundle.mount("/inner", "tmpfs", bundle.scratch.name)
        bundle.probe("wait")
        let container = try Container(bundle).running()
        #expect(!mountTable().contains { $0.contains(bundle.scratch.name) })
        try container.kill("KILL")
        _ = try container.end()
    }

    @Test func `a root on its own mount works`() throws {
        // As overlayfs gives it; here a tmpfs in a mount namespace of the test's.
        let bundle = try Bundle()
        bundle.probe("report")
        try bundle.save()
        let script = "mount -t tmpfs root \"$1\" && mkdir -p \"$1\"/bin \"$1\"/proc \"$1\"/dev \"$1\"/sys && cp \"$0\" \"$1\"/bin/probe && shift && exec \"$@\""
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(
            [ProbeBinary.path, "host", "mounts", "sh", "-c", script, ProbeBinary.path, bundle.rootfs] + command, environment: bundle.scratch.environment)
        #expect(try outcome.report().mount(at: "/")?.type == "tmpfs", "\(outcome)")
    }

    @Test func `a root on a shared mount stays apart`() throws {
        let bundle = try Bundle()
        bundle.mount("/inner", "tmpfs", "inner-of-container")
        bundle.probe("report")
        try bundle.save()
        let script = "mount --bind \"$1\" \"$1\" && mount --make-shared \"$1\" && shift && \"$@\"; status=$?; grep -c inner-of-container /proc/self/mountinfo >&2; exit $status"
        let command = [UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"]
        let outcome = try execute(
            UnderTest.view.command([ProbeBinary.path, "host", "mounts", "sh", "-c", script, "sh", bundle.rootfs]) + command,
            environment: bundle.scratch.environment)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors == "0\n", "nothing came back to where the runtime ran")
    }
}
