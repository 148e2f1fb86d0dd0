import JSON
import TestKit
import Testing

/// A room in which CRI-O's calls are made, of conmon and of the runtime itself.
enum CRIO {
    /// A scenario with runc and with `runtime`.
    static func compared(
        _ scenario: String, with runtime: OCIRuntime = .swiftrun, sourceLocation: SourceLocation = #_sourceLocation,
        _ play: (Conmon, Sitting) throws -> Void
    ) throws {
        let room = try Room()
        try Machines.prepare(room)
        try compare("CRI-O", scenario, with: runtime, sourceLocation: sourceLocation) { runtime in
            let sitting = Sitting(room, runtime, plain: plain) { [runtime.path, "--root", Conmon.root] + $0 }
            let conmon = try Conmon(sitting)
            try play(conmon, sitting)
            #expect(try room.ended() == [], sourceLocation: sourceLocation)
            sitting.observeLeftovers(ofCaller: [])
            sitting.observe("state left", Files.entries(room.path(Conmon.root)).joined(separator: " "))
            try Files.remove(room.path("/run/exits"))
            return sitting.transcript
        }
        try room.close()
    }

    /// The runtimes write the same text of an error in their own form; CRI-O looks for words in it.
    private static func plain(_ text: String) -> String {
        text.replacing(/(?m)^time=\S* level=error msg="(.*)"$/) { "error: " + $0.1.replacing("\\\"", with: "\"") }
            .replacing(#/(?m)^swiftrun: /#, with: "error: ")
            .replacing(#/(?m)^time=\S* level=warning .*$/#, with: "")
            .replacing(/\S+-exec-process\d+/, with: "FILE")
    }

    /// A bundle of busybox, in which a shell does `script`.
    static func bundle(_ script: String) throws -> Bundle {
        let bundle = try Bundle()
        try Files.copy("/bin/busybox", to: bundle.rootfs + "/bin/busybox", mode: 0o755)
        for applet in ["cat", "echo", "grep", "hostname", "ps", "readlink", "sh", "sleep", "stty", "true", "tty", "wc"] {
            try Files.makeSymlink("\(bundle.rootfs)/bin/\(applet)", to: "busybox")
        }
        bundle.set("/process/args", ["sh", "-c", .string(script)])
        return bundle
    }

    /// A process for `exec`, in which a shell does `script`.
    static func process(_ script: String, terminal: Bool = false) -> Value {
        process(["sh", "-c", script], terminal: terminal)
    }

    static func process(_ arguments: [String], terminal: Bool = false) -> Value {
        [
            "terminal": .bool(terminal), "args": Value(arguments), "cwd": "/", "user": ["uid": 0, "gid": 0],
            "env": ["PATH=/bin", "TERM=xterm"],
        ]
    }
}

extension Sitting {
    /// Asks until the container has this status.
    func awaitStatus(_ status: String, of id: String) throws {
        let deadline = Deadline.usual
        while case let outcome = try quietly(["state", id]), try outcome.json()["status"]?.string != status {
            guard !deadline.hasPassed else { throw Failure("waited for \(status): \(outcome)") }
        }
    }
}
