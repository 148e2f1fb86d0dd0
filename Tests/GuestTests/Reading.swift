import TestKit

extension Outcome {
    /// A file of `name number` lines in the output, such as memory.events. Other lines are passed over, and of two the last counts.
    var figures: [String: Int] {
        var figures: [String: Int] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = Int(words[1]) { figures[String(words[0])] = number }
        }
        return figures
    }

    var outputLines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}

extension GuestBundle {
    /// What `files` of the cgroup hold while the container is there; each without its last line break.
    func values(_ files: String...) throws -> [String: String] {
        process("exit 0")
        let read = files.map { "printf '%s' '\($0) '; cat $CG/\($0) | tr '\\n' ';'; echo" }.joined(separator: "\n")
        let outcome = try outside(
            "swiftrun create --bundle $BUNDLE $ID >$BUNDLE/out 2>&1 || { cat $BUNDLE/out >&2; exit 1; }\n\(read)\nswiftrun delete $ID")
        guard outcome.status == 0 else { throw Failure("\(outcome)") }
        var values: [String: String] = [:]
        for line in outcome.outputLines {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[1].hasSuffix(";") { values[String(parts[0])] = String(parts[1].dropLast()) }
        }
        return values
    }
}
