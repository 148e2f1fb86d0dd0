import TestKit
import Testing

// ctr at a terminal, beside runc.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(3)))
struct CtrTerminalTests {
    /// ctr at a terminal of `rows` rows and 101 columns.
    private func start(_ session: Session, _ words: [String], rows: Int = 33) throws -> (terminal: Terminal, ctr: Program) {
        let terminal = try Terminal()
        terminal.resize(rows: rows, columns: 101)
        let ctr = try terminal.run(
            session.containerd.ctrCommand(words), environment: session.containerd.scratch.environment + ["TERM=dumb"])
        return (terminal, ctr)
    }

    private func run(_ session: Session, _ options: [String], _ id: String, _ command: [String]) throws -> (
        terminal: Terminal, ctr: Program
    ) {
        try start(session, ["run", "--tty"] + options + ["--runc-binary", session.runtime.path, Image.box.name, id] + command)
    }

    /// Everything from now on until ctr ends, and how it ends.
    private func record(_ session: Session, _ terminal: Terminal, _ ctr: Program) throws {
        session.transcript.record(String(decoding: try terminal.output.rest(), as: UTF8.self))
        session.transcript.record("[\(try ctr.wait().status)]")
    }

    /// The command of a shell script that begins when ctr has made its terminal as large as ctr's own, and then says so.
    private func script(_ text: String) -> [String] { ["sh", "-c", "stty -echo; \(Self.awaitSize("33 101")); echo begun; \(text)"] }

    private static func awaitSize(_ size: String) -> String { "until [ \"$(stty size)\" = '\(size)' ]; do :; done" }

    /// Does what it is told line by line.
    private static let obey = "trap : INT; while read -r line; do eval \"$line\"; done"

    @Test func `a terminal in the foreground`() throws {
        try compareCtr("a terminal") { session in
            let (terminal, ctr) = try run(session, ["--rm"], "a", script("tty; stty -a; read word; echo \"got $word\"; exit 9"))
            _ = try terminal.output.wait(for: "begun")
            terminal.send("typed\n")
            try record(session, terminal, ctr)

            let (other, second) = try run(session, ["--rm"], "a", ["nosuch"])
            try record(session, other, second)
        }
    }

    @Test func `keys, and a new size`() throws {
        try compareCtr("a shell") { session in
            let (terminal, ctr) = try run(session, ["--rm"], "a", script(Self.obey))
            _ = try terminal.output.wait(for: "begun")
            terminal.send("\(Self.awaitSize("40 120")); echo resized\n")
            _ = try terminal.resize(rows: 40, columns: 120, until: "resized")
            terminal.send("sh -c 'echo waiting; exec sleep 1000'; echo \"status $?\"\n")
            _ = try terminal.output.wait(for: "waiting")
            terminal.send("\u{3}")
            session.transcript.record(try terminal.output.wait(for: "status 130"))
            terminal.send("\u{4}")
            try record(session, terminal, ctr)
        }
    }

    @Test func `detached, then attached twice`() throws {
        try compareCtr("attach") { session in
            let (terminal, ctr) = try run(session, ["--detach"], "a", ["sh", "-c", "stty -echo; \(Self.obey)"])
            try record(session, terminal, ctr)
            let (first, attached) = try start(session, ["task", "attach", "a"])
            first.send("\(Self.awaitSize("33 101")); echo first-$((6 * 7))\n")
            _ = try first.output.wait(for: "first-42")
            attached.send(9)
            _ = try attached.wait()
            let (second, again) = try start(session, ["task", "attach", "a"], rows: 34)
            second.send("\(Self.awaitSize("34 101")); echo second-$((6 * 7))\n")
            _ = try second.output.wait(for: "second-42")
            // Not with the line before: what a container says at its end may be lost on ctr.
            second.send("exit 5\n")
            try record(session, second, again)
            try session.ctr("containers", "delete", "a")
        }
    }

    @Test func `exec with a terminal beside a container without one`() throws {
        try compareCtr("exec with a terminal") { session in
            try session.run(["--detach"], "a", "sleep", "1000")
            let command = script("tty; stty -a; read word; echo \"got $word\"; exit 3")
            let (terminal, ctr) = try start(session, ["task", "exec", "--tty", "--exec-id", "e", "a"] + command)
            _ = try terminal.output.wait(for: "begun")
            terminal.send("typed\n")
            try record(session, terminal, ctr)
            try session.ctr("task", "delete", "--force", "a")
            try session.ctr("containers", "delete", "a")
        }
    }
}
