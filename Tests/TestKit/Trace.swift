/// What strace(1) saw of a program and of all it started.
public struct Trace {
    /// One system call: `mount("proc", ".", "proc", 0, "") = 0`.
    public struct Call: CustomStringConvertible {
        public let pid: Int
        public let text: String

        public var name: String { String(text.prefix { $0 != "(" }) }

        /// What it returned; nil for one that did not return, or not with a number.
        public var result: Int? {
            guard let equals = text.lastRange(of: ") ") else { return nil }
            return Int(text[equals...].drop { $0 != "=" }.dropFirst().drop { $0 == " " }.prefix { $0.isNumber || $0 == "-" })
        }

        public var description: String { text }
    }

    /// In the order in which they began.
    public let calls: [Call]

    /// Of `strace -f -o FILE`.
    public init(_ text: String) {
        var calls: [(pid: Int, text: String)] = []
        var unfinished: [Int: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard words.count == 2, let pid = Int(words[0]) else { continue }
            let rest = words[1].drop { $0 == " " }
            if rest.hasPrefix("<... "), let place = unfinished.removeValue(forKey: pid) {
                calls[place].text += rest.drop { $0 != ">" }.dropFirst()
            } else if rest.hasSuffix("<unfinished ...>") {
                unfinished[pid] = calls.count
                let begun = rest.dropLast("<unfinished ...>".count)
                calls.append((pid, String(begun.prefix(upTo: begun.lastIndex { $0 != " " }.map(begun.index(after:)) ?? begun.endIndex))))
            } else if !rest.hasPrefix("---") && !rest.hasPrefix("+++") {
                calls.append((pid, String(rest)))
            }
        }
        self.calls = calls.map { Call(pid: $0.pid, text: $0.text) }
    }

    /// The calls with which processes were made.
    public var clones: [Call] { calls.filter { ["clone", "clone3", "fork", "vfork"].contains($0.name) && ($0.result ?? 0) > 0 } }

    /// What process `pid` did up to its first execve(2) that succeeded, and that.
    public func untilExec(_ pid: Int) -> [Call] {
        let own = calls.filter { $0.pid == pid }
        guard let end = own.firstIndex(where: { $0.name == "execve" && $0.result == 0 }) else { return own }
        return Array(own[...end])
    }
}

extension String {
    /// Where `text` stands last.
    func lastRange(of text: String) -> String.Index? {
        var found: String.Index?
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { found = place }
            place = index(after: place)
        }
        return found
    }
}

/// Runs the runtime under strace(1).
public func traced(_ words: [String]) throws -> Trace {
    let scratch = try Scratch.required()
    let file = scratch.directory + "/" + scratch.unique("trace")
    let outcome = try execute(
        ["strace", "-f", "-qq", "-s", "300", "-o", file] + UnderTest.view.command(runtimeCommand(words, scratch)), environment: scratch.environment,
        directory: scratch.directory, output: .null)
    guard outcome.status == 0 else { throw Failure("strace: \(outcome); \(Files.text(file).suffix(1000))") }
    return Trace(Files.text(file))
}
