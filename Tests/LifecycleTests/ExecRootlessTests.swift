import JSON
import TestKit
import Testing

@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Files.exists("/usr/bin/setpriv"), "needs root, to become somebody else, and setpriv"),
    .timeLimit(.minutes(2)))
struct ExecRootlessTests {
    /// Does `body` with a running container of an ordinary user, who also deletes it.
    func withContainer(_ body: (Bundle) throws -> Void) throws {
        let rootless = RootlessTests()
        let bundle = try rootless.bundle()
        bundle.probe("wait")
        try bundle.save()
        let id = String(RootlessTests.user)
        let run = try execute(
            UnderTest.view.command(
                [
                    "setpriv", "--reuid", id, "--regid", id, "--clear-groups", UnderTest.binary, "--root", bundle.scratch.root, "run",
                    "--detach",
                    "--bundle", bundle.path, "x",
                ]), environment: bundle.scratch.environment, output: .null)
        guard run.status == 0 else { throw Failure("\(run)") }
        var failure: (any Error)?
        do { try body(bundle) } catch { failure = error }
        #expect(try rootless.swiftrun(["--root", bundle.scratch.root, "delete", "--force", "x"], bundle.scratch).status == 0)
        if let failure { throw failure }
    }

    func exec(_ bundle: Bundle, _ options: [String] = [], _ words: String...) throws -> Outcome {
        try RootlessTests().swiftrun(["--root", bundle.scratch.root, "exec"] + options + ["x", "/bin/probe"] + words, bundle.scratch)
    }

    @Test func `an ordinary user is root of the process too`() throws {
        try withContainer { bundle in
            let outcome = try exec(bundle, [], "report", "--", "exit", "6")
            #expect(outcome.status == 6, "\(outcome)")
            let report = try outcome.report()
            let state = try RootlessTests().swiftrun(["--root", bundle.scratch.root, "state", "x"], bundle.scratch).json()
            let pid = try #require(state["pid"]?.integer)
            for name in ExecNamespaceTests.names {
                #expect(report.namespace(name) == Files.target(ofLink: "/proc/\(pid)/ns/\(name)"), "\(name)")
            }
            #expect(report.integers("uid") == [0, 0, 0, 0])
            #expect(report.integers("gid") == [0, 0, 0, 0])
            #expect(report.capabilities("bounding") == ExecProcessTests.configured)
            #expect(report.capabilities("inheritable") == 0)
            #expect(report["hostname"]?.string == "runc")
            #expect(report["ppid"]?.integer == 0)
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 wants a terminal of its own for --tty")) func `it can have a terminal`() throws {
        try withContainer { bundle in
            let outcome = try exec(bundle, ["--tty"], "report", "--", "exit", "6")
            #expect(outcome.status == 6, "\(outcome)")
            #expect(try outcome.report()["terminals"] == [true, true, true])
        }
    }

    @Test func `additional groups are an error`() throws {
        try withContainer { bundle in
            let outcome = try exec(bundle, ["-g", "0"], "out", "ran")
            #expect(outcome.status == 255 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("cannot set any additional groups in a rootless container"), "\(outcome.errors)")
        }
    }

    @Test func `a container of somebody else's is not entered`() throws {
        let container = try Container(try waiting()).running()
        let scratch = container.bundle.scratch
        let outcome = try RootlessTests().swiftrun(["--root", scratch.root, "exec", container.id, "/bin/probe", "out", "ran"], scratch)
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(!outcome.errors.isEmpty)
    }
}
