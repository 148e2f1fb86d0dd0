internal import ArgumentParser

/// The whole command line, for help, completions and what tools read of it.
struct Swiftrun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftrun",
        abstract: "Run containers from OCI bundles.",
        usage: "swiftrun [<global options>] <command> [<options>] [<arguments>]",
        discussion: """
            A bundle is a directory with a config.json (OCI runtime specification) and a root filesystem. `swiftrun spec` \
            writes a config.json to begin with, `swiftrun run` runs it. Global options stand before the command.
            """,
        subcommands: verbs,
        helpNames: .shortAndLong)

    @OptionGroup var global: GlobalOptions
}

/// The command line behind the global options, which is parsed apart: `--rootless` means one thing before `spec`, another
/// after it.
struct Verbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftrun", subcommands: verbs, helpNames: .shortAndLong)
}

private let verbs: [any ParsableCommand.Type] = [
    Create.self, Start.self, Run.self, ReportState.self, Kill.self, Delete.self, List.self,
    WriteSpec.self, ReportFeatures.self, ShowPlan.self, Completion.self,
]
