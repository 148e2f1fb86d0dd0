internal import ArgumentParser

/// What may stand before the verb.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Directory of the containers' state (default: /run/swiftrun).", valueName: "dir"))
    var root: String?

    @Option(help: ArgumentHelp("Append errors to this file, too.", valueName: "file"))
    var log: String?

    @Option(help: ArgumentHelp("Format of the log, text or json.", valueName: "format"))
    var logFormat = LogFormat.text.rawValue

    @Flag(help: "Log warnings and the plan as well.")
    var debug = false

    @Flag(help: "Let systemd make the cgroups.")
    var systemdCgroup = false

    @Option(help: ArgumentHelp("Ignore refused cgroup changes: true, false or auto.", valueName: "choice"))
    var rootless = Rootless.auto

    @Flag(name: [.customShort("v"), .long], help: "Print the version.")
    var version = false

    static let names: Set<String> = [
        "--root", "--log", "--log-format", "--debug", "--systemd-cgroup", "--rootless", "-v", "--version",
    ]
}

enum Rootless: ExpressibleByArgument, Hashable {
    case yes, no, auto

    /// Go's spellings of a Bool, and `auto`.
    init?(argument: String) {
        if argument.isEmpty || argument.lowercased() == "auto" {
            self = .auto
        } else if let isRootless = goBool(argument) {
            self = isRootless ? .yes : .no
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "auto" }
}
