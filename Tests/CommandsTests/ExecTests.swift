import ArgumentParser
import JSON
import Lifecycle
import TestKit
import Testing

@testable import Commands

@Suite struct ExecTests {
    private func exec(_ arguments: String...) throws -> Exec {
        let words = ["exec"] + arguments
        guard case .verb(let verb, _) = try Request(words, Preamble(words)) else { throw Failure("no verb") }
        return try #require(verb as? Exec)
    }

    private func command(_ exec: Exec) throws -> ExecRequest.Command {
        guard case .command(let command) = exec.request.program else { throw Failure("no command") }
        return command
    }

    @Test func `all options of the request`() throws {
        let request = try exec(
            "--detach", "--console-socket", "/c", "--pidfd-socket", "/d", "--pid-file", "/p", "--preserve-fds", "2", "--cgroup", "sub",
            "--ignore-paused", "web", "ls"
        ).request
        var expected = ExecRequest(id: "web", program: .command(.init(["ls"])), attachment: .detached(consoleSocket: "/c"))
        expected.pidFile = "/p"
        expected.pidfdSocket = "/d"
        expected.preservedDescriptors = 2
        expected.cgroup = "sub"
        expected.paused = .ignored
        #expect(request == expected)
    }

    @Test func `all options of the command`() throws {
        let found = try command(
            exec(
                "--cwd", "/tmp", "-e", "A=1", "--env", "B=2", "--tty", "--user", "1000:5", "-g", "7", "--additional-gids", "8",
                "--process-label", "l", "--apparmor", "a", "--no-new-privs", "-c", "CAP_KILL", "--cap", "CAP_CHOWN", "web", "ls", "/"))
        var expected = ExecRequest.Command(["ls", "/"])
        expected.workingDirectory = "/tmp"
        expected.environment = ["A=1", "B=2"]
        expected.terminal = .allocated
        expected.user = "1000:5"
        expected.additionalGids = [7, 8]
        expected.processLabel = "l"
        expected.apparmorProfile = "a"
        expected.privileges = .noNew
        expected.capabilities = ["CAP_KILL", "CAP_CHOWN"]
        #expect(found == expected)
    }

    @Test func `without options nothing differs from the container's process`() throws {
        let request = try exec("web", "ls").request
        #expect(request == ExecRequest(id: "web", program: .command(.init(["ls"])), attachment: .foreground))
    }

    @Test(arguments: [["-p", "/f"], ["--process", "/f"], ["--process=/f"]])
    func `a process file stands for the command`(option: [String]) throws {
        let words = ["exec"] + option + ["web"]
        guard case .verb(let verb, _) = try Request(words, Preamble(words)) else { throw Failure("no verb") }
        #expect((verb as? Exec)?.request.program == .file("/f"))
    }

    @Test(arguments: [
        ["ls", "-l"], ["--help"], ["-h"], ["sh", "-c", "exit 3"], ["--", "ls"], ["ls", "--", "x"], ["--tty"], ["x", "--detach=true"],
        ["--force=true"], ["-e", "A=1"], ["x", "--pid-file"],
    ])
    func `what follows the id is the command's`(words: [String]) throws {
        for options in [[], ["-d"], ["--user", "1"], ["-e", "A=1", "--tty"], ["--detach=false"]] {
            let arguments = ["exec"] + options + ["web"] + words
            guard case .verb(let verb, _) = try Request(arguments, Preamble(arguments)) else { throw Failure("no verb") }
            let exec = try #require(verb as? Exec)
            #expect(exec.id == "web" && exec.command == words, "\(arguments)")
        }
    }

    @Test func `two dashes may stand before the id`() throws {
        let found = try exec("--tty", "--", "web", "ls", "-l")
        #expect(found.id == "web" && found.command == ["ls", "-l"] && found.tty)
    }

    @Test func `short flags may be joined, as podman's users write them`() throws {
        #expect(try exec("-td", "web", "sh").tty)
        #expect(try exec("-td", "web", "sh").detach)
    }

    @Test(arguments: [
        ([], "missing expected argument '<container-id>' (see 'swiftrun exec --help')"),
        (["--no-such", "web", "ls"], "unknown option '--no-such' (see 'swiftrun exec --help')"),
        (["--preserve-fds", "x", "web", "ls"], "the value 'x' is invalid for '--preserve-fds <n>' (see 'swiftrun exec --help')"),
        (["-g", "-1", "web", "ls"], "missing value for '-g <gid>' (see 'swiftrun exec --help')"),
        (["-g=4294967296", "web", "ls"], "the value '4294967296' is invalid for '-g <gid>' (see 'swiftrun exec --help')"),
        (["--root", "/r", "web", "ls"], "unknown option '--root', --root stands before the command (see 'swiftrun exec --help')"),
    ])
    func `wrong options are told`(arguments: [String], message: String) {
        let words = ["exec"] + arguments
        #expect(throws: Failure(message)) { try Request(words, Preamble(words)) }
    }

    @Test(arguments: [["--help"], ["-h"], ["--tty", "--help"]])
    func `help before the id is ours`(arguments: [String]) throws {
        let words = ["exec"] + arguments
        guard case .text(let text) = try Request(words, Preamble(words)) else { throw Failure("no text") }
        #expect(text.contains("USAGE: swiftrun exec"))
    }

    @Test func `a console socket needs detach`() throws {
        let exec = try exec("--tty", "--console-socket", "/c", "web", "ls")
        #expect(throws: Failure("exec failed: cannot use console socket if swiftrun will not detach or allocate tty", code: 255)) {
            try exec.run(Globals(Preamble([])), Output(log: nil, .text, .errors))
        }
    }

    @Test func `failures of its own have the code 255`() throws {
        let exec = try exec("web", "ls")
        #expect(throws: Failure("exec failed: container does not exist", code: 255)) {
            try exec.run(Globals(Preamble(["--root", "/none"])), Output(log: nil, .text, .errors))
        }
    }
}

@Suite(.enabled(if: UnderTest.isSwiftrun, "is about swiftrun's own options")) struct ExecOptionTests {
    @Test func `the options that take a value are those of the parser`() throws {
        let program = try #require(try execute([UnderTest.binary, "--experimental-dump-help"]).json()["command"])
        let exec = program["subcommands"]?.array?.first { $0["commandName"] == "exec" }
        var names: Set<String> = []
        for argument in exec?["arguments"]?.array ?? [] where argument["kind"] == "option" {
            for name in argument["names"]?.array ?? [] {
                guard let text = name["name"]?.string else { continue }
                names.insert((text.count == 1 ? "-" : "--") + text)
            }
        }
        #expect(names == execOptions)
    }
}
