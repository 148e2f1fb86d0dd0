internal import ArgumentParser

struct Completion: Verb {
    static let configuration = CommandConfiguration(verb: "completion", "Print a completion script for a shell.")

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        guard let known = CompletionShell(rawValue: shell) else {
            throw Failure("unknown shell \"\(shell)\": expected bash, zsh or fish")
        }
        try output.print(Swiftrun.completionScript(for: known) + "\n")
        return 0
    }
}
