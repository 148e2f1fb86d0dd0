import JSON
import TestKit

/// The command line as the executable itself describes it.
struct CommandLine {
    /// Options of each command, by the command's name: `-b`, `--bundle`. The program's own are under "".
    var options: [String: Set<String>] = [:]

    init() throws {
        let document = try execute([UnderTest.binary, "--experimental-dump-help"]).json()
        guard let program = document["command"] else { throw Failure("no command in \(document)") }
        add(program, as: "")
        for command in program["subcommands"]?.array ?? [] {
            // `help` has no options and no page: it shows those of the others.
            guard let name = command["commandName"]?.string, name != "help" else { continue }
            add(command, as: name)
        }
    }

    private mutating func add(_ command: Value, as name: String) {
        options[name] = []
        for argument in command["arguments"]?.array ?? [] {
            for word in argument["names"]?.array ?? [] {
                guard let text = word["name"]?.string else { continue }
                // A long one with one dash is the same option once more.
                let option = (word["kind"] == "long" || text.count > 1 ? "--" : "-") + text
                options[name]?.insert(option)
            }
        }
    }
}
