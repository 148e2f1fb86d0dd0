import ArgumentParser
import Lifecycle
import Testing

@testable import Commands

/// What a command line asks for, or the text of why it cannot be understood.
private func request(_ arguments: String...) throws(Failure) -> Request {
    try Request(arguments, Preamble(arguments))
}

private func verb<V: Verb>(_: V.Type, _ arguments: String...) throws -> V {
    guard case .verb(let verb, _) = try Request(arguments, Preamble(arguments)) else { throw Failure("no verb") }
    return try #require(verb as? V)
}

@Suite struct RequestTests {
    @Test func `create takes all its options, before and behind the id`() throws {
        let create = try verb(
            Create.self, "create", "--bundle", "/b", "--console-socket", "/c", "web", "--pidfd-socket", "/d", "--pid-file", "/p",
            "--no-pivot", "--no-new-keyring", "--preserve-fds", "3")
        #expect(
            create.options.request(.foreground)
                == CreateRequest(
                    id: "web", bundle: "/b", attachment: .foreground, pidFile: "/p", pidfdSocket: "/d", rootChange: .move,
                    keyring: .inherited, preservedDescriptors: 3))
        #expect(create.options.consoleSocket == "/c")
    }

    @Test func `create without options has runc's defaults`() throws {
        let create = try verb(Create.self, "create", "web")
        #expect(
            create.options.request(.detached(consoleSocket: nil))
                == CreateRequest(id: "web", bundle: ".", attachment: .detached(consoleSocket: nil)))
    }

    @Test func `values may be joined to their options`() throws {
        let create = try verb(Create.self, "create", "-b=/x", "--pid-file=/p", "web")
        #expect(create.options.bundle == "/x")
        #expect(create.options.pidFile == "/p")
        #expect(try verb(Create.self, "create", "-b", "/x", "web").options.bundle == "/x")
    }

    @Test func `run takes create's options and its own`() throws {
        let run = try verb(Run.self, "run", "-d", "--keep", "--no-subreaper", "-b", "/b", "web")
        #expect(run.detach && run.keep && run.noSubreaper)
        #expect(run.options.bundle == "/b")
        let other = try verb(Run.self, "run", "--detach", "web")
        #expect(other.detach && !other.keep && !other.noSubreaper)
    }

    @Test func `no-subreaper may have one dash, as go-runc writes it`() throws {
        let run = try verb(Run.self, "run", "--detach", "-no-subreaper", "--bundle", "/b", "web")
        #expect(run.noSubreaper)
        #expect(run.options.id == "web")
    }

    @Test func `a console socket needs detach`() throws {
        let run = try verb(Run.self, "run", "--console-socket", "/c", "web")
        #expect(throws: Failure("cannot use console socket if swiftrun will not detach or allocate tty")) {
            try run.run(Globals(Preamble([])), Output(log: nil, .text, .errors))
        }
    }

    @Test func `kill sends SIGTERM unless told otherwise`() throws {
        let plain = try verb(Kill.self, "kill", "web")
        #expect(plain.signal == "SIGTERM" && !plain.all)
        #expect(try verb(Kill.self, "kill", "--all", "web", "9").all)
        #expect(try verb(Kill.self, "kill", "-a", "web", "KILL").signal == "KILL")
        #expect(try verb(Kill.self, "kill", "web", "9", "-a").all)
    }

    @Test(arguments: ["FOO", "65", "-", "", "SIG", "RTMAX+1"])
    func `an unknown signal is named`(signal: String) throws {
        let kill = try verb(Kill.self, "kill", "web", signal)
        #expect(throws: Failure("unknown signal \"\(signal)\"")) {
            try kill.run(Globals(Preamble(["--root", "/none"])), Output(log: nil, .text, .errors))
        }
    }

    @Test func `delete takes force`() throws {
        #expect(try verb(Delete.self, "delete", "-f", "web").force)
        #expect(try verb(Delete.self, "delete", "web", "--force").force)
        #expect(try !verb(Delete.self, "delete", "web").force)
    }

    @Test func `list prints a table unless told otherwise`() throws {
        #expect(try verb(List.self, "list").format == "table")
        #expect(try verb(List.self, "list", "-f", "json", "-q").quiet)
        #expect(try verb(List.self, "list", "--format=json", "--quiet").format == "json")
    }

    @Test func `spec's rootless is not the global one`() throws {
        let spec = try verb(WriteSpec.self, "spec", "--rootless", "-b", "/b")
        #expect(spec.rootless && spec.bundle == "/b")
        guard case .verb(let other, let globals) = try request("--rootless", "true", "spec") else { throw Failure("no verb") }
        #expect(globals.rootless == .yes)
        #expect((other as? WriteSpec)?.rootless == false)
    }

    @Test(arguments: [("true", Settings.Rootless.yes), ("1", .yes), ("false", .no), ("auto", .auto), ("AUTO", .auto), ("", .auto)])
    func `rootless is a Bool or auto`(text: String, choice: Settings.Rootless) throws {
        #expect(try Globals(Preamble(["--rootless=\(text)"])).rootless == choice)
        #expect(try Globals(Preamble(["--rootless", text])).rootless == choice)
    }

    @Test func `global options are auto, cgroupfs and no root by default`() throws {
        let globals = try Globals(Preamble([]))
        #expect(globals.root == nil && globals.cgroupDriver == .cgroupfs && globals.rootless == .auto)
        #expect(try Globals(Preamble(["--systemd-cgroup", "--root", "x"])).cgroupDriver == .systemd)
        #expect(try Globals(Preamble(["--systemd-cgroup", "--root", "x"])).root == "x")
    }

    @Test func `verbs without options are parsed`() throws {
        #expect(try verb(Start.self, "start", "web").id == "web")
        #expect(try verb(ReportState.self, "state", "web").id == "web")
        #expect(try verb(ShowPlan.self, "plan", "--bundle", "/b", "--format", "json").format == "json")
        #expect(try verb(Completion.self, "completion", "zsh").shell == "zsh")
        _ = try verb(ReportFeatures.self, "features")
    }

    @Test func `an id after two dashes may begin with one`() throws {
        #expect(try verb(Start.self, "start", "--", "-x").id == "-x")
    }

    @Test(arguments: [
        (["create"], "missing expected argument '<container-id>' (see 'swiftrun create --help')"),
        (["create", "a", "b"], "unexpected argument 'b' (see 'swiftrun create --help')"),
        (["create", "--bundel", "/b", "a"], "unknown option '--bundel'. Did you mean '--bundle'? (see 'swiftrun create --help')"),
        (["create", "a", "--bundle"], "missing value for '--bundle <dir>' (see 'swiftrun create --help')"),
        (["create", "--preserve-fds", "x", "a"], "the value 'x' is invalid for '--preserve-fds <n>' (see 'swiftrun create --help')"),
        (["state", "a", "b"], "unexpected argument 'b' (see 'swiftrun state --help')"),
        (["features", "a"], "unexpected argument 'a' (see 'swiftrun features --help')"),
        (["list", "--root", "/r"], "unknown option '--root', --root stands before the command (see 'swiftrun list --help')"),
        (["fly"], "unknown command \"fly\" (see 'swiftrun --help')"),
        (["--root"], "missing value for '--root <dir>' (see 'swiftrun --help')"),
        (["--flutter", "list"], "unknown option '--flutter' (see 'swiftrun --help')"),
        (["--rootless", "maybe", "list"], "invalid value for --rootless: \"maybe\" is neither true nor false nor auto"),
        (["--debug=perhaps", "list"], "the option '--debug' does not take any value, but 'perhaps' was specified (see 'swiftrun --help')"),
    ])
    func `wrong arguments are told in one line that says where to read on`(arguments: [String], message: String) {
        #expect(throws: Failure(message)) { try Request(arguments, Preamble(arguments)) }
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["help"], [], ["create", "--help"], ["create", "-h"], ["help", "create"], ["--debug", "kill", "-h"],
    ])
    func `help is a text, not an error`(arguments: [String]) throws {
        guard case .text(let text) = try Request(arguments, Preamble(arguments)) else { throw Failure("no text") }
        #expect(text.contains("USAGE: swiftrun"))
        #expect(text.hasSuffix("\n"))
    }

    @Test func `the help of the program shows the global options and all verbs`() throws {
        guard case .text(let text) = try request("help") else { throw Failure("no text") }
        for word in ["--root", "--log-format", "create", "start", "run", "state", "kill", "delete", "list", "spec", "features", "plan"] {
            #expect(text.contains("  \(word)"), "\(word)")
        }
    }
}
