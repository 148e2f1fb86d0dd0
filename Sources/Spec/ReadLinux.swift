internal import JSON

extension Linux {
    init(_ reader: Reader) throws(JSONError) {
        namespaces = try reader.list("namespaces", Namespace.init)
        try refuseDuplicates(namespaces.map(\.kind.rawValue), of: "namespaces", "type", in: reader)
        uidMappings = try reader.idMappings("uidMappings")
        gidMappings = try reader.idMappings("gidMappings")
        timeOffsets = try reader.value("timeOffsets", readTimeOffsets) ?? []
        devices = try reader.list("devices", Device.init)
        cgroupsPath = try reader.text("cgroupsPath")
        resources = try reader.value("resources", Resources.init) ?? Resources()
        rootfsPropagation = try reader.value("rootfsPropagation", readPropagation) ?? nil
        seccomp = try reader.value("seccomp", readSeccomp) ?? nil
        sysctl = try reader.value("sysctl", readSysctl) ?? []
        maskedPaths = try reader.absolutePaths("maskedPaths")
        readonlyPaths = try reader.absolutePaths("readonlyPaths")
        mountLabel = try reader.text("mountLabel")
        personality = try reader.value("personality", Personality.init)
        hasIntelRdt = try reader.value("intelRdt", checkIntelRdt) != nil
        hasNetDevices = try reader.value("netDevices", readNetDevices)?.isEmpty == false
        memoryPolicy = try reader.value("memoryPolicy", MemoryPolicy.init)
    }
}

extension Namespace {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        kind = try reader.required("type").choice(of: Kind.self)
        path = try reader.value("path") { reader throws(JSONError) in
            reader.value == .string("") ? "" : try reader.absolutePath()
        } ?? ""
    }
}

private func readTimeOffsets(_ reader: Reader) throws(JSONError) -> [TimeOffset] {
    try reader.map { (key, reader) throws(JSONError) in
        guard let clock = TimeOffset.Clock(rawValue: key) else { throw reader.fault("no such clock, only monotonic and boottime") }
        return TimeOffset(
            clock, seconds: try reader.number("secs") ?? 0, nanoseconds: try reader.number("nanosecs", in: 0...999_999_999) ?? 0)
    }
}

private func readPropagation(_ reader: Reader) throws(JSONError) -> Propagation? {
    reader.value == .string("") ? nil : try reader.choice(of: Propagation.self)
}

private func readSysctl(_ reader: Reader) throws(JSONError) -> [Annotation] {
    try reader.map { (key, value) throws(JSONError) in
        guard isSysctlName(key) else { throw value.fault("the key must be a sysctl's name such as net.ipv4.ip_forward") }
        return Annotation(key, try value.string())
    }
}

/// Whether `name` leads to a file below /proc/sys. Its first separator, `.` or `/`, is the one that counts (sysctl.d(5)).
private func isSysctlName(_ name: String) -> Bool {
    let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
    guard let separator = name.utf8.first(where: { $0 == dot || $0 == slash }) else { return false }
    return name.utf8.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { part in
        // In a dotted name a slash stands for a dot of the file's name, such as that of a VLAN.
        !part.allSatisfy { $0 == dot || $0 == slash }
    }
}

extension Personality {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        domain = try reader.required("domain").choice([("LINUX", .linux), ("LINUX32", .linux32)])
        flags = try reader.texts("flags")
    }
}

private func checkIntelRdt(_ reader: Reader) throws(JSONError) {
    if let group = try reader.member("closID") {
        let name = try group.string()
        if name == "." || name == ".." || name.utf8.count > 1 && name.utf8.contains(UInt8(ascii: "/")) {
            throw group.mustBe("the name of a directory, or /")
        }
    }
    _ = try reader.member("l3CacheSchema")?.line()
    _ = try reader.member("memBwSchema")?.line()
    _ = try reader.list("schemata") { reader throws(JSONError) in try reader.line() }
    _ = try reader.flag("enableMonitoring")
}

private func readNetDevices(_ reader: Reader) throws(JSONError) -> [Annotation] {
    try reader.map { (host, reader) throws(JSONError) in
        guard isInterfaceName(host) else { throw reader.fault("the key must be the name of a network interface") }
        guard let nameReader = try reader.member("name") else { return Annotation(host, host) }
        let name = try nameReader.string()
        guard name.isEmpty || isInterfaceName(name) else { throw nameReader.mustBe("the name of a network interface") }
        return Annotation(host, name.isEmpty ? host : name)
    }
}

/// The kernel's dev_valid_name.
private func isInterfaceName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count < 16 && name != "." && name != ".."
        && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: " ") || (9...13).contains($0) }
}
