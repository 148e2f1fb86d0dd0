import JSON
import TestKit
import Testing

// The calls of containerd's shim in the order of a container's life, by one subreaper that takes every output to its end.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ShimScriptTests {
    /// How the shim opens the streams of `create` and of a detached `exec`: null IO, none at all, and those of files.
    private static let streams = ["</dev/null 1</dev/null 2</dev/null", "<&- >&- 2>&-", "</dev/null >$B/out 2>$B/err"]

    @Test(arguments: streams)
    func `a container's life, with an exec beside it`(streams: String) throws {
        let bundle = try waiting()
        try Files.write(bundle.scratch.directory + "/process", #"{"args":["/bin/probe","wait"],"cwd":"/","user":{"uid":0,"gid":0}}"#)
        let script = try ShimScript(
            bundle,
            """
            call create --bundle "$B" --pid-file "$B/init.pid" "$ID" \(streams)
            say "create $?"
            pid=$(cat "$B/init.pid")
            say "bytes $(tr -d 0-9 < "$B/init.pid" | wc -c)"
            say "parent $([ "$(cut -d' ' -f4 "/proc/$pid/stat")" = "$SHIM" ] && echo shim)"
            captured start start "$ID"
            cp process "$B/runc-process1"
            call exec --process "$B/runc-process1" --detach --pid-file "$B/e.pid" "$ID" \(streams)
            say "exec $?"
            rm "$B/runc-process1"
            e=$(cat "$B/e.pid")
            say "bytes $(tr -d 0-9 < "$B/e.pid" | wc -c)"
            say "parent $([ "$(cut -d' ' -f4 "/proc/$e/stat")" = "$SHIM" ] && echo shim)"
            text=$(call ps --format json "$ID" 2>&1); say "ps $? $(echo "$text" | sed "s/\\b$pid\\b/INIT/; s/\\b$e\\b/EXEC/")"
            captured pause pause "$ID"
            captured resume resume "$ID"
            echo '{"cpu":{}}' > "$B/limits"
            captured update update --resources - "$ID" < "$B/limits"
            captured update update --resources=- "$ID" < "$B/limits"
            captured kill kill "$ID" 9
            ended "$e"
            ended "$pid"
            captured kill kill --all "$ID" 9
            captured kill kill -a "$ID" KILL
            captured delete delete "$ID"
            say "ids $pid $e"
            """)
        #expect(
            script.said.dropLast() == [
                "create 0", "bytes 0", "parent shim", "start 0 []", "exec 0", "bytes 0", "parent shim", "ps 0 [INIT,EXEC]", "pause 0 []",
                "resume 0 []",
                "update 0 []", "update 0 []", "kill 0 []", "kill 0 []", "kill 0 []", "delete 0 []",
            ])
        #expect(script.log == "", "nothing was wrong")
        // The kernel ends a pid namespace's last process last: the shim holds back the init's exit until that of the exec.
        let ids = script.said.last?.split(separator: " ").dropFirst().compactMap { Int($0) } ?? []
        #expect(script.ended.map(\.pid) == ids.reversed())
        #expect(script.ended.allSatisfy { $0.ending == .killed(signal: 9) })
    }

    @Test func `what comes too late is answered as the shim expects it`() throws {
        let script = try ShimScript(
            try waiting(),
            """
            call create --bundle "$B" --pid-file "$B/init.pid" "$ID" </dev/null >/dev/null 2>&1
            captured start start "$ID"
            captured kill kill "$ID" KILL
            ended "$(cat "$B/init.pid")"
            text=$(call kill "$ID" 9 2>&1); say "kill $? $(echo "$text" | grep -c 'container not running')"
            text=$(call pause "$ID" 2>&1); say "pause $? $(echo "$text" | grep -c 'container not running')"
            captured ps ps --format json "$ID"
            captured delete delete "$ID"
            text=$(call delete "$ID" 2>&1); say "delete $? $(echo "$text" | grep -c 'does not exist')"
            text=$(call kill "$ID" 9 2>&1); say "kill $? $(echo "$text" | grep -c 'does not exist')"
            captured force delete --force "$ID"
            """)
        #expect(
            script.said == [
                "start 0 []", "kill 0 []", "kill 1 1", "pause 1 1", "ps 0 [null]", "delete 0 []", "delete 1 1", "kill 1 1", "force 0 []",
            ])
        #expect(script.ended.map(\.ending) == [.killed(signal: 9)])
        let errors = try script.log.split(separator: "\n").map { try parse(Array($0.utf8)) }
        #expect(errors.count == 4, "one record for each call that failed")
        #expect(errors.allSatisfy { $0["level"] == "error" && $0["msg"]?.string != nil && $0["time"]?.string != nil })
    }

    @Test func `the clean-up after a shim that died ends what runs`() throws {
        let script = try ShimScript(
            try waiting(),
            """
            call create --bundle "$B" --pid-file "$B/init.pid" "$ID" </dev/null >/dev/null 2>&1
            captured start start "$ID"
            captured force delete --force "$ID"
            text=$(call state "$ID" 2>&1); say "state $? $(echo "$text" | grep -c 'does not exist')"
            """)
        #expect(script.said == ["start 0 []", "force 0 []", "state 1 1"])
        #expect(script.ended.map(\.ending) == [.killed(signal: 9)])
    }

    @Test(.enabled(if: Host.hasStrace, "needs strace"))
    func `all of it under strace`() throws {
        let bundle = try waiting()
        try Files.write(bundle.scratch.directory + "/process", #"{"args":["/bin/probe","exit","4"],"cwd":"/","user":{"uid":0,"gid":0}}"#)
        // strace stays until the last process of what it follows has ended.
        let script = try ShimScript(
            bundle,
            """
            plain=$runtime
            runtime="strace -f -qq -o /dev/null $plain"
            call create --bundle "$B" --pid-file "$B/init.pid" "$ID" </dev/null >/dev/null 2>&1 &
            until [ -s "$B/init.pid" ]; do :; done
            captured start start "$ID"
            call exec --process process --detach --pid-file "$B/e.pid" "$ID" </dev/null >/dev/null 2>&1
            say "exec $?"
            captured ps ps --format json "$ID"
            captured kill kill "$ID" 15
            wait
            captured delete delete "$ID"
            """)
        #expect(script.said.filter { !$0.hasPrefix("ps ") } == ["start 0 []", "exec 0", "kill 0 []", "delete 0 []"])
        #expect(script.said.contains { $0.wholeMatch(of: /ps 0 \[\[\d+\]\]/) != nil })
        #expect(script.ended.map(\.ending) == [.exited(4), .exited(0)])
        #expect(script.log == "")
    }
}
