/// The arguments before the verb, told apart from those behind it without the parser.
///
/// Two things cannot wait for it: `--version` has to be quick, and the log has to be open before anything can fail, wrong
/// arguments included. It also lets `--rootless` mean one thing before `spec` and another behind it.
struct Preamble: Hashable {
    var root: String?
    var log: String?
    var logFormat: String?
    var isDebug = false
    var isSystemdCgroup = false
    var rootless: String?
    var isVersionWanted = false
    /// The verb and all behind it; empty: there is none, or something unknown stands before it.
    var rest: [String] = []

    /// `arguments` without the program's name.
    init(_ arguments: [String]) {
        var index = 0
        while index < arguments.count {
            let (name, given) = optionParts(arguments[index])
            if Self.optionNames.contains(name) {
                guard let value = given ?? (index + 1 < arguments.count ? arguments[index + 1] : nil) else { return }
                set(name, value)
                index += given == nil ? 2 : 1
            } else if Self.flagNames.contains(name), let isSet = given.map(goBool) ?? true {
                set(name, isSet)
                if isVersionWanted { return }
                index += 1
            } else {
                if name.hasPrefix("-") { findLog(in: arguments[index...]) } else { rest = plainFlags(arguments[index...]) }
                return
            }
        }
    }

    /// Behind an option that is not understood: the log is still to have the error.
    private mutating func findLog(in arguments: ArraySlice<String>) {
        var rest = arguments.prefix { !isVerb($0) }
        while let argument = rest.popFirst() {
            let (name, given) = optionParts(argument)
            if ["--log", "--log-format"].contains(name), let value = given ?? rest.popFirst() { set(name, value) }
        }
    }

    // The parser shows the same ones, which a test compares.
    static let optionNames = ["--root", "--log", "--log-format", "--rootless"]
    static let flagNames = ["--debug", "--systemd-cgroup", "--version", "-v"]

    private mutating func set(_ option: String, _ value: String) {
        switch option {
        case "--root": root = value
        case "--log": log = value
        case "--log-format": logFormat = value
        default: rootless = value
        }
    }

    private mutating func set(_ flag: String, _ isSet: Bool) {
        switch flag {
        case "--debug": isDebug = isSet
        case "--systemd-cgroup": isSystemdCgroup = isSet
        default: isVersionWanted = isSet
        }
    }
}

/// Every flag of every verb.
let verbFlags: Set<String> = [
    "--all", "--detach", "--force", "--ignore-paused", "--keep", "--no-new-keyring", "--no-new-privs", "--no-pivot", "--no-subreaper",
    "--quiet", "--rootless", "--stats", "--tty",
]

/// The options of `exec` that take a value: what follows one is not yet the container's id.
let execOptions: Set<String> = [
    "--additional-gids", "--apparmor", "--cap", "--cgroup", "--console-socket", "--cwd", "--env", "--pid-file", "--pidfd-socket",
    "--preserve-fds", "--process", "--process-label", "--user", "-c", "-e", "-g", "-p", "-u",
]

/// `--force=true` as `--force`, `--force=false` as nothing: Go's flags allow it, so scripts made for runc may say it.
///
/// What follows the id of `exec` is the command's, dashes or not: a `--` before the id keeps everybody off it.
private func plainFlags(_ arguments: ArraySlice<String>) -> [String] {
    var result: [String] = []
    var isOver = false
    // The verb itself is no id.
    var isValue = true
    let hasCommand = arguments.first == "exec"
    for argument in arguments {
        isOver = isOver || argument == "--"
        if hasCommand && !isOver && !isValue && !argument.hasPrefix("-") {
            result.append("--")
            isOver = true
        }
        isValue = !isValue && execOptions.contains(argument)
        let (name, value) = optionParts(argument)
        guard !isOver, verbFlags.contains(name), let value, let isSet = goBool(value) else {
            result.append(argument)
            continue
        }
        if isSet { result.append(name) }
    }
    return result
}

/// `--name=value` in two.
func optionParts(_ argument: String) -> (name: String, value: String?) {
    guard argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
}

/// Go's strconv.ParseBool.
func goBool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
}
