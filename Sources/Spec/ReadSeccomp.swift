internal import JSON

/// `linux.seccomp`; nil for an empty action without rules, which is how Go programs write "no seccomp".
func readSeccomp(_ reader: Reader) throws(JSONError) -> Seccomp? {
    let actionReader = try reader.required("defaultAction")
    if actionReader.value == .string(""), try reader.member("syscalls")?.elements().isEmpty ?? true { return nil }
    var seccomp = Seccomp(defaultAction: try actionReader.choice(of: Seccomp.Action.self))
    seccomp.defaultErrnoRet = try readErrno(reader, "defaultErrnoRet", for: seccomp.defaultAction)
    seccomp.architectures = try reader.list("architectures") { reader throws(JSONError) in
        try reader.choice(of: Seccomp.Architecture.self).rawValue
    }
    seccomp.flags = try reader.value("flags") { reader throws(JSONError) in
        var flags: [Seccomp.Flag] = []
        for flag in try reader.elements() { flags.append(try flag.choice(of: Seccomp.Flag.self)) }
        return flags
    }
    seccomp.listenerPath = try reader.text("listenerPath")
    seccomp.listenerMetadata = try reader.text("listenerMetadata")
    if seccomp.listenerPath.isEmpty, !seccomp.listenerMetadata.isEmpty {
        throw reader.fault(at: "listenerMetadata", "needs listenerPath")
    }
    seccomp.rules = try reader.list("syscalls", Seccomp.Rule.init)
    return seccomp
}

extension Seccomp.Rule {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        let namesReader = try reader.required("names")
        names = try namesReader.strings()
        if names.isEmpty { throw namesReader.fault("must have at least one element") }
        if let index = names.firstIndex(of: "") { throw try namesReader.elements()[index].fault("must not be empty") }
        action = try reader.required("action").choice(of: Seccomp.Action.self)
        errnoRet = try readErrno(reader, "errnoRet", for: action)
        arguments = try reader.list("args", Seccomp.Argument.init)
    }
}

extension Seccomp.Argument {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        index = try reader.required("index").integer(in: 0...5)
        value = try reader.required("value").integer()
        valueTwo = try reader.number("valueTwo") ?? 0
        comparison = try reader.required("op").choice(of: Seccomp.Comparison.self)
    }
}

/// What `action` returns: an errno, of which the kernel knows 4095, or 16 bits for a tracer (seccomp(2)).
private func readErrno(_ reader: Reader, _ key: String, for action: Seccomp.Action) throws(JSONError) -> UInt32? {
    guard let errno = try reader.member(key) else { return nil }
    switch action {
    case .errno: return try errno.integer(in: 0...4095)
    case .trace: return try errno.integer(in: 0...65535)
    case .kill, .killProcess, .killThread, .trap, .allow, .log, .notify: throw errno.fault("is not allowed with \(action.rawValue)")
    }
}
