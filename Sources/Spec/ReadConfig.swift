public import JSON

extension Config {
    /// The configuration in `json`, all of it checked as far as it can be without looking at the host.
    /// Unknown properties are ignored.
    public init(json: Value, at document: String = "config.json") throws(SpecError) {
        self = try reading(document) { () throws(JSONError) in try Config(Reader(json)) }
    }

    /// The configuration in the text `bytes`.
    public init(bytes: [UInt8], at document: String = "config.json") throws(SpecError) {
        self = try reading(document) { () throws(JSONError) in try Config(Reader(parse(bytes))) }
    }

    private init(_ reader: Reader) throws(JSONError) {
        ociVersion = try readVersion(reader.required("ociVersion"))
        root = try Root(reader.required("root"))
        mounts = try reader.list("mounts", Mount.init)
        process = try reader.value("process", Process.init)
        hostname = try reader.hostName("hostname")
        domainname = try reader.hostName("domainname")
        hooks = try reader.value("hooks", Hooks.init) ?? Hooks()
        annotations = try reader.value("annotations", readAnnotations) ?? []
        linux = try reader.value("linux", Linux.init) ?? Linux()
        vm = try reader.value("vm", VirtualMachine.init)
        sandbox = try reader.value("annotations", SandboxRequest.init(annotations:)) ?? SandboxRequest()
        // Only since version 1.3 is 0 a limit; before, engines say "unlimited" with it.
        if linux.resources.pidsLimit == 0 && minorVersion(ociVersion) < 3 { linux.resources.pidsLimit = nil }
    }
}

private func readVersion(_ reader: Reader) throws(JSONError) -> String {
    let text = try reader.string()
    guard let major = majorVersion(text) else { throw reader.mustBe("a version such as \(SpecVersion.maximum) (SemVer 2.0)") }
    guard major == "1" else { throw reader.mustBe("a version 1.x.y") }
    return text
}

private func minorVersion(_ version: String) -> Int {
    let parts = version.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
}

private func readAnnotations(_ reader: Reader) throws(JSONError) -> [Annotation] {
    try reader.map { (key, value) throws(JSONError) in
        if key.isEmpty { throw value.fault("the key must not be empty") }
        return Annotation(key, try value.string())
    }
}

extension Root {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        path = try reader.required("path").nonEmptyString()
        isReadonly = try reader.member("readonly")?.bool() ?? false
    }
}

extension Mount {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        destination = try reader.required("destination").nonEmptyString()
        source = try reader.text("source")
        type = try reader.text("type")
        options = try reader.texts("options")
        uidMappings = try reader.idMappings("uidMappings")
        gidMappings = try reader.idMappings("gidMappings")
        if uidMappings.isEmpty != gidMappings.isEmpty {
            throw uidMappings.isEmpty
                ? reader.fault(at: "uidMappings", "is required with gidMappings") : reader.fault(at: "gidMappings", "is required with uidMappings")
        }
    }
}

extension Reader {
    /// A name for sethostname(2) or setdomainname(2): the kernel holds 64 bytes.
    fileprivate func hostName(_ key: String) throws(JSONError) -> String {
        guard let reader = try member(key) else { return "" }
        let name = try reader.string()
        if name.utf8.count > 64 { throw reader.mustBe("at most 64 bytes long") }
        return name
    }
}
