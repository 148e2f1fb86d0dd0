internal import ArgumentParser

/// One verb: a value made of the arguments, then one call.
protocol Verb: ParsableCommand {
    /// Returns the exit code.
    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32
}

extension CommandConfiguration {
    /// Each verb is the root of a tree of its own, so that parsing does not walk through what is above it, which takes time.
    init(verb: String, _ abstract: String) {
        self.init(commandName: verb, _superCommandName: "swiftrun", abstract: abstract, helpNames: .shortAndLong)
    }
}

/// In the order of help.
let verbs: [any Verb.Type] = [
    Create.self, Start.self, Run.self, Exec.self, ReportState.self, Kill.self, Delete.self, List.self,
    ListProcesses.self, Pause.self, Resume.self, Update.self, WatchEvents.self, WriteSpec.self, Checkpoint.self, Restore.self,
    ReportFeatures.self, ShowPlan.self, Guest.self, Completion.self,
]

func isVerb(_ word: String) -> Bool { verbs.contains { $0.configuration.commandName == word } }
