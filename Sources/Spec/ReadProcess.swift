public import JSON

extension Process {
    /// The process in `json`, a document of its own (`exec --process FILE`).
    public init(json: Value, at document: String) throws(SpecError) {
        self = try reading(document) { () throws(JSONError) in try Process(Reader(json)) }
    }

    init(_ reader: Reader) throws(JSONError) {
        hasTerminal = try reader.flag("terminal") ?? false
        consoleSize = hasTerminal ? try reader.value("consoleSize", readConsoleSize) ?? nil : nil
        user = try reader.value("user", User.init) ?? User()
        arguments = try readArguments(reader.required("args"))
        environment = try reader.member("env")?.environment() ?? []
        workingDirectory = try reader.required("cwd").absolutePath()
        capabilities = try reader.value("capabilities", Capabilities.init)
        rlimits = try reader.list("rlimits", Rlimit.init)
        try refuseDuplicates(rlimits.map(\.resource.rawValue), of: "rlimits", "type", in: reader)
        hasNoNewPrivileges = try reader.flag("noNewPrivileges") ?? false
        apparmorProfile = try reader.text("apparmorProfile")
        selinuxLabel = try reader.text("selinuxLabel")
        // proc_pid_oom_score_adj(5)
        oomScoreAdj = try reader.number("oomScoreAdj", in: -1000...1000)
        scheduler = try reader.value("scheduler", Scheduler.init)
        ioPriority = try reader.value("ioPriority", IOPriority.init)
        execCPUAffinity = try reader.value("execCPUAffinity", ExecCPUAffinity.init)
    }
}

private func readArguments(_ reader: Reader) throws(JSONError) -> [String] {
    let arguments = try reader.strings()
    guard let program = arguments.first else { throw reader.fault("must have at least one element") }
    if program.isEmpty { throw try reader.elements()[0].fault("must not be empty") }
    return arguments
}

private func readConsoleSize(_ reader: Reader) throws(JSONError) -> ConsoleSize? {
    // struct winsize has 16 bits for each (ioctl_tty(2)).
    let height: UInt16 = try reader.number("height") ?? 0
    let width: UInt16 = try reader.number("width") ?? 0
    return height > 0 && width > 0 ? ConsoleSize(height: height, width: width) : nil
}

extension User {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        uid = try reader.member("uid")?.id() ?? 0
        gid = try reader.member("gid")?.id() ?? 0
        umask = try reader.number("umask", in: 0...0o777) ?? umask
        additionalGids = try reader.list("additionalGids") { reader throws(JSONError) in try reader.id() }
    }
}

extension Capabilities {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        bounding = try reader.texts("bounding")
        effective = try reader.texts("effective")
        inheritable = try reader.texts("inheritable")
        permitted = try reader.texts("permitted")
        ambient = try reader.texts("ambient")
    }
}

extension Rlimit {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        resource = try reader.required("type").choice(of: Resource.self)
        let softReader = try reader.required("soft")
        soft = try softReader.integer()
        hard = try reader.required("hard").integer()
        if soft > hard { throw softReader.mustBe("at most the hard limit \(hard)") }
    }
}
