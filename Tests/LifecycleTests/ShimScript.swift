import JSON
import TestKit

/// A shim that makes many calls for one container: a shell script below a subreaper, in which
///
/// - `call VERB...` is the runtime with the flags that containerd's shim gives it, its output the caller's,
/// - `captured NAME VERB...` does so with both outputs in one pipe, waits for the pipe's end as Go's exec.Cmd does, and says `NAME STATUS [TEXT]`,
/// - `say TEXT` tells the test a line,
/// - `$B` is the bundle, `$ID` the container, `$SHIM` the subreaper's pid.
struct ShimScript {
    /// What the script said.
    let said: [String]
    /// The processes that were left to the shim, in the order in which they ended.
    let ended: [(pid: Int, ending: Ending)]
    /// All that the runtime logged.
    let log: String

    private static let prelude = """
        runtime=$*
        SHIM=$PPID
        say() { echo "$*" >&3; }
        call() { $runtime --log "$B/log.json" --log-format json "$@" 3>&-; }
        captured() { name=$1; shift; text=$(call "$@" 2>&1); say "$name $? [$text]"; }
        ended() { "$PROBE" host await "$1" 20000; }

        """

    init(_ bundle: Bundle, _ script: String) throws {
        try bundle.save()
        let scratch = bundle.scratch
        let (said, events) = (try Descriptor.pipe(), try Descriptor.pipe())
        let runtime = UnderTest.view.command([UnderTest.binary, "--root", scratch.root])
        let shim = try Program(
            Program.Request(
                [ProbeBinary.path, "host", "shim", "4", "sh", "-c", Self.prelude + script, "sh"] + runtime,
                environment: scratch.environment + ["B=\(bundle.path)", "ID=\(scratch.unique("box"))", "PROBE=\(ProbeBinary.path)"],
                directory: scratch.directory, descriptors: [nil, nil, nil, said.write, events.write]))
        said.write.close()
        events.write.close()
        self.said = String(decoding: try Stream(said.read).rest(Deadline(after: 60)), as: UTF8.self).split(separator: "\n").map(String.init)
        let lines = String(decoding: try Stream(events.read).rest(Deadline(after: 60)), as: UTF8.self).split(separator: "\n")
        _ = try shim.wait()
        ended = try lines.compactMap { line in
            let event = try parse(Array(line.utf8))
            guard event["event"] == "orphan", let pid = event["pid"]?.integer else { return nil }
            return (pid, event["exit"]?.integer.map { .exited(Int32($0)) } ?? .killed(signal: Int32(event["signal"]?.integer ?? 0)))
        }
        log = Files.text(bundle.path + "/log.json")
    }
}
