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
