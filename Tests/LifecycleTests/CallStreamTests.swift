import JSON
import TestKit
import Testing

// What a call may find at its standard streams, and what of them it may keep: callers read a captured output to its end before they go on.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct CallStreamTests {
    /// As the calls of a script open their streams; descriptor 4 is a pipe that is full and that nobody reads.
    private static let streams = [
        "</dev/null 1</dev/null 2</dev/null", "<&- >&- 2>&-", "<&-", ">&-", "2>&-", "0<&4 1>&4 2>&4", "0>&4 1<&4 2<&4",
    ]

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 fails without some of them"), arguments: streams)
    func `whatever the streams are, every verb does its work`(streams: String) throws {
        let bundle = try waiting()
        try Files.write(bundle.scratch.directory + "/process", #"{"args":["/bin/probe","wait"],"cwd":"/","user":{"uid":0,"gid":0}}"#)
        let script = try ShimScript(
            bundle,
            """
            mkfifo full; exec 4<>full; head -c 65536 /dev/zero >&4
            run() { verb=$1; shift; call $verb "$@" \(streams); say "$verb $?"; }
            run create --bundle "$B" --pid-file "$B/init.pid" "$ID"
            run start "$ID"
            run exec --process process --detach --pid-file "$B/e.pid" "$ID"
            run pause "$ID"
            run resume "$ID"
            echo '{"cpu":{}}' > "$B/limits"
            run update --resources "$B/limits" "$ID"
            run kill "$ID" 9
            ended "$(cat "$B/e.pid")"
            ended "$(cat "$B/init.pid")"
            run kill --all "$ID" 9
            run delete "$ID"
            run delete --force "$ID"
            """)
        let verbs = ["create", "start", "exec", "pause", "resume", "update", "kill", "kill", "delete", "delete"]
        #expect(script.said == verbs.map { "\($0) 0" })
        #expect(script.log == "")
        #expect(script.ended.map(\.ending) == [.killed(signal: 9), .killed(signal: 9)])
    }

    /// `swiftrun` here reads all output to its end while the container runs.
    @Test func `no verb's output is held when it has returned`() throws {
        let bundle = try waiting()
        bundle.set("/process/terminal", true)
        let (socket, second) = (try ConsoleSocket(), try ConsoleSocket())
        let container = try Container(bundle).created("--console-socket", socket.path)
        let terminal = try socket.terminal()
        #expect(try container.output?.rest() == [] && container.errors?.rest() == [])
        let process = bundle.scratch.directory + "/process"
        try Files.write(process, #"{"args":["/bin/probe","wait"],"cwd":"/","user":{"uid":0,"gid":0},"terminal":true}"#)
        let id = container.id
        #expect(try swiftrun("start", id).status == 0)
        _ = try terminal.output.wait(for: "waiting")
        let exec = try ExecShim(container, ["--console-socket", second.path, "--process", process], command: [])
        #expect(exec.runtime == .exited(0))
        #expect(try exec.output.rest() == [] && exec.errors.rest() == [])
        let inner = try second.terminal()
        _ = try inner.output.wait(for: "waiting")
        for words in [
            ["state", id], ["ps", id], ["ps", "--format", "json", id], ["list"], ["pause", id], ["resume", id], ["events", "--stats", id],
            ["kill", id, "0"], ["features"], ["exec", id, "/bin/probe", "exit", "0"],
        ] {
            let outcome = try swiftrun(words)
            #expect(outcome.status == 0 && outcome.errors == "", "\(words): \(outcome)")
        }
        #expect(try container.status() == "running")
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(try exec.end() == .killed(signal: 9))
    }

    @Test func `what a container leaves running in its cgroup holds no output of kill and delete`() throws {
        // Without a pid namespace of its own the second process outlives the first.
        let bundle = try waiting()
        bundle.namespace("pid", nil)
        let container = try Container(bundle).running()
        let exec = try ExecShim(container, probe: "wait")
        #expect(try swiftrun("kill", container.id, "15").errors == "")
        #expect(try container.end() == .exited(0))
        #expect(try swiftrun("kill", "--all", container.id, "9").errors == "")
        #expect(try exec.end() == .killed(signal: 9))
        #expect(try swiftrun("delete", container.id).errors == "")
    }

    @Test(.enabled(if: Host.hasStrace, "needs strace")) func `a console socket under strace gets one message with one terminal`() throws {
        let bundle = try waiting()
        bundle.set("/process/terminal", true)
        try bundle.save()
        let scratch = bundle.scratch
        let (socket, id) = (try ConsoleSocket(), scratch.unique("box"))
        let words = ["create", "--bundle", bundle.path, "--console-socket", socket.path, id]
        let strace = try Program(
            Program.Request(
                ["strace", "-f", "-qq", "-o", "/dev/null"] + UnderTest.view.command([UnderTest.binary, "--root", scratch.root] + words),
                environment: scratch.environment))
        let message = try socket.receive()
        #expect(message.descriptors.count == 1 && message.isLast && (1...4095).contains(message.bytes.count))
        let terminal = Terminal(try #require(message.descriptors.first))
        #expect(terminal.isTerminal)
        let deadline = Deadline.usual
        while try swiftrun("state", id).status != 0 { if deadline.hasPassed { throw Failure("waited for the container") } }
        #expect(try swiftrun("start", id).status == 0)
        _ = try terminal.output.wait(for: "waiting")
        #expect(try swiftrun("delete", "--force", id).status == 0)
        // strace stays until the last process of what it follows has ended.
        #expect(try strace.wait() == .exited(0))
    }
}
