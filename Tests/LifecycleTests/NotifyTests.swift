import JSON
import TestKit
import Testing

// sd_notify(3): what a service manager hears of a container's program.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct NotifyTests {
    /// A manager: runs the rest of its words with a socket of its own as $NOTIFY_SOCKET, ends as they ended, and prints what it was sent, in
    /// which it calls the process that it started `runtime`. The socket's name is abstract if it begins with `@`; if it ends with `silent`
    /// nothing is waited for.
    static let manager = """
        import array, os, socket, subprocess, sys
        path, command = sys.argv[1], sys.argv[2:]
        service = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        service.bind(path.replace("@", "\\0", 1) if path[0] == "@" else path)
        # A container that is left running must not hold what the test reads to the end.
        output = subprocess.DEVNULL if "--detach" in command else None
        process = subprocess.Popen(command, env=dict(os.environ, NOTIFY_SOCKET=path), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        def show(flags):
            data, parts, _, _ = service.recvmsg(4096, 256, flags)
            for _, _, part in parts:
                for fd in array.array("i", part): os.close(fd)
            print(data.decode().strip().replace("\\n", " ").replace("MAINPID=%d" % process.pid, "MAINPID=runtime"), flush=True)
        service.settimeout(20)
        if ("--detach" in command or "start" in command) and not path.endswith("silent"): show(0), show(0)
        status = process.wait()
        service.setblocking(False)
        try:
            while True: show(socket.MSG_DONTWAIT)
        except BlockingIOError: pass
        sys.exit(status)
        """

    private func manage(_ scratch: Scratch, _ path: String, _ words: [String]) throws -> Outcome {
        try execute(
            ["python3", "-c", Self.manager, path, UnderTest.binary, "--root", scratch.root] + words, environment: scratch.environment,
            directory: scratch.directory)
    }

    @Test(arguments: ["", "@"]) func `start returns when the program is ready, and the manager knows which process it is`(abstract: String)
        throws
    {
        let bundle = try Bundle()
        bundle.probe("notify", "STATUS=begun", "--", "notify", "X=1\nREADY=1\nMAINPID=1", "--", "wait")
        let path = (abstract.isEmpty ? bundle.scratch.directory + "/" : abstract) + bundle.scratch.unique("manager")
        let container = try Container(bundle)
        let created = try container.create(environment: bundle.scratch.environment + ["NOTIFY_SOCKET=\(path)"])
        try #require(created.status == 0, "\(created)")
        let outcome = try manage(bundle.scratch, path, ["start", container.id])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output == "READY=1 MAINPID=\(try container.pid)\nBARRIER=1\n")
        try container.kill("TERM")
        _ = try container.end()
        #expect(try container.delete().status == 0)
    }

    @Test func `in the foreground the main process is the runtime`() throws {
        let bundle = try Bundle()
        bundle.probe(
            "notify", "READY=1", "--", "stat", "/run/notify/notify.sock", "--", "create", "/run/notify/other", "x", "--", "exit", "0")
        try bundle.save()
        let path = bundle.scratch.directory + "/manager"
        let outcome = try manage(bundle.scratch, path, ["run", "--bundle", bundle.path, "box"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("READY=1 MAINPID=runtime\n"), "\(outcome)")
        #expect(outcome.output.contains("\"/run/notify/notify.sock\""), "\(outcome)")
        #expect(outcome.output.contains("EROFS"), "the container cannot make files on the host: \(outcome)")
    }

    @Test func `run detached returns when the program is ready, and the manager knows which process it is`() throws {
        let bundle = try Bundle()
        bundle.probe("notify", "STATUS=begun", "--", "notify", "READY=1", "--", "wait")
        try bundle.save()
        let outcome = try manage(
            bundle.scratch, bundle.scratch.directory + "/manager", ["run", "--detach", "--bundle", bundle.path, "box"])
        let pid = try #require(try swiftrun("state", "box").json()["pid"]?.integer)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output == "READY=1 MAINPID=\(pid)\nBARRIER=1\n")
        #expect(try swiftrun("delete", "--force", "box").status == 0)
    }

    @Test func `a program that ends without a word keeps nobody waiting`() throws {
        let bundle = try Bundle()
        bundle.probe("notify", "STATUS=begun", "--", "exit", "3")
        try bundle.save()
        let outcome = try manage(
            bundle.scratch, bundle.scratch.directory + "/silent", ["run", "--detach", "--bundle", bundle.path, "box"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output == "")
        #expect(try swiftrun("delete", "box").status == 0)
    }

    @Test func `a manager that is not there is told before the program runs`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let path = bundle.scratch.directory + "/manager"
        let container = try Container(bundle)
        try container.create(environment: bundle.scratch.environment + ["NOTIFY_SOCKET=\(path)"])
        let refused = try swiftrun("start", container.id, environment: bundle.scratch.environment + ["NOTIFY_SOCKET=\(path)"])
        #expect(refused.errors.contains("$NOTIFY_SOCKET: connect \(path): missing (ENOENT)"), "\(refused)")
        #expect(try container.status() == "created", "nothing was let go")
        #expect(try container.start().status == 0, "a caller without a manager waits for nothing")
        _ = try container.end()
        #expect(try container.delete().status == 0)
    }
}
