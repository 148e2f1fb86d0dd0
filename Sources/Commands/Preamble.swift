/// The arguments before the verb, told apart from those behind it without the parser.
///
/// Two things cannot wait for it: `--version` has to be quick, and the log has to be open before anything can fail, wrong
/// arguments included. What is wrong here is left to the parser to complain about.
struct Preamble: Hashable {
    var log: String?
    var logFormat: String?
    var isDebug = false
    var isVersionWanted = false
    /// The arguments before the verb.
    var global: [String] = []
    /// The verb and all behind it; empty: there is none, or something unknown stands before it.
    var rest: [String] = []

    /// `arguments` without the program's name.
    init(_ arguments: [String]) {
        var index = 0
        while index < arguments.count {
            let (name, given) = optionParts(arguments[index])
            let following = index + 1 < arguments.count ? arguments[index + 1] : nil
            switch name {
            case "--version", "-v":
                isVersionWanted = true
                return
            case "--debug":
                isDebug = given.map { goBool($0) ?? true } ?? true
            case "--systemd-cgroup":
                break
            case "--log", "--log-format", "--root", "--rootless":
                guard let value = given ?? following else { return }
                if name == "--log" { log = value }
                if name == "--log-format" { logFormat = value }
                if given == nil { index += 1 }
            default:
                if !name.hasPrefix("-") {
                    global = plainFlags(arguments[..<index], ["--debug", "--systemd-cgroup"])
                    rest = plainFlags(arguments[index...], verbFlags)
                }
                return
            }
            index += 1
        }
    }
}

/// Every flag of every verb.
let verbFlags: Set<String> = [
    "--all", "--detach", "--force", "--keep", "--no-new-keyring", "--no-pivot", "--no-subreaper", "--quiet", "--rootless",
]

/// `--force=true` as `--force`, `--force=false` as nothing: Go's flags allow it, so scripts made for runc may say it.
private func plainFlags(_ arguments: ArraySlice<String>, _ names: Set<String>) -> [String] {
    var result: [String] = []
    var isOver = false
    for argument in arguments {
        isOver = isOver || argument == "--"
        let (name, value) = optionParts(argument)
        guard !isOver, names.contains(name), let value, let isSet = goBool(value) else {
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
