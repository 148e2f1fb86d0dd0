internal import ArgumentParser

/// What may stand before the verb, for help and completions: it is `Preamble` that reads it.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Directory of the containers' state (default: /run/swiftrun).", valueName: "dir"))
    var root: String?

    @Option(help: ArgumentHelp("Append errors to this file, too.", valueName: "file"))
    var log: String?

    @Option(help: ArgumentHelp("Format of the log, text or json.", valueName: "format"))
    var logFormat = LogFormat.text.rawValue

    @Flag(help: "Show warnings and the plan as well.")
    var debug = false

    @Flag(help: "Let systemd make the cgroups.")
    var systemdCgroup = false

    @Option(help: ArgumentHelp("Ignore refused cgroup changes: true, false or auto.", valueName: "choice"))
    var rootless = "auto"

    @Flag(name: [.customShort("v"), .long], help: "Print the version.")
    var version = false
}
