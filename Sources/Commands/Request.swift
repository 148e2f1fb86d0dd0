internal import ArgumentParser

/// What a command line asks for.
enum Request {
    case verb(any Verb, Globals)
    /// Help or a completion script, for standard output.
    case text(String)

    /// `arguments` without the program's name.
    init(_ arguments: [String], _ preamble: Preamble) throws(Failure) {
        guard let name = preamble.rest.first, name != "help" else {
            self = .text(try helpText(arguments))
            return
        }
        let globals = try Globals(preamble)
        guard let type = verbs.first(where: { $0.configuration.commandName == name }) else {
            throw Failure("unknown command \"\(name)\" (see 'swiftrun --help')")
        }
        let own = Array(preamble.rest.dropFirst())
        // A verb that passes arguments on would pass on this one, too.
        if own.first == "-h" || own.first == "--help" {
            self = .text(type.helpMessage() + "\n")
            return
        }
        do {
            var command = try type.parseAsRoot(own)
            if let verb = command as? any Verb {
                self = .verb(verb, globals)
            } else {
                try command.run()
                self = .text("")
            }
        } catch  where type.exitCode(for: error).isSuccess {
            self = .text(type.fullMessage(for: error) + "\n")
        } catch {
            let globalNames = Preamble.optionNames + Preamble.flagNames
            let misplaced = preamble.rest.lazy.map { optionParts($0).name }.first(where: globalNames.contains)
            let hint = misplaced.map { ", \($0) stands before the command" } ?? ""
            throw usageFailure(type.message(for: error) + hint, "swiftrun \(name)")
        }
    }
}

/// The parser answers a request for text by throwing it.
private func helpText(_ arguments: [String]) throws(Failure) -> String {
    do {
        var command = try Swiftrun.parseAsRoot(arguments)
        if command is any Verb { throw ValidationError("a global option is not understood") }
        try command.run()
        return ""
    } catch  where Swiftrun.exitCode(for: error).isSuccess {
        return Swiftrun.fullMessage(for: error) + "\n"
    } catch {
        throw usageFailure(Swiftrun.message(for: error), "swiftrun")
    }
}

/// The parser's message as one of ours: one line, lower case, no full stop, and where to read on.
private func usageFailure(_ message: String, _ command: String) -> Failure {
    var text = message.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: ", ")
    if text.hasSuffix(".") { text.removeLast() }
    return Failure(text.prefix(1).lowercased() + text.dropFirst() + " (see '\(command) --help')")
}
