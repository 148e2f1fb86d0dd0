internal import JSON

// A device number has 12 bits for the major and 20 for the minor part; mknod(2) cuts off the rest without a word.
private let majors: ClosedRange<UInt32> = 0...0xFFF
private let minors: ClosedRange<UInt32> = 0...0xF_FFFF

extension Device {
    init(_ reader: Reader) throws(JSONError) {
        kind = try reader.required("type").choice(of: Kind.self)
        path = try reader.required("path").absolutePath()
        if kind != .fifo {
            major = try reader.required("major").integer(in: majors)
            minor = try reader.required("minor").integer(in: minors)
        }
        // podman writes st_mode, with the file's type.
        mode = (try reader.number("fileMode") ?? mode) & 0o7777
        uid = try reader.member("uid")?.id() ?? 0
        gid = try reader.member("gid")?.id() ?? 0
    }
}

extension DeviceRule {
    init(_ reader: Reader) throws(JSONError) {
        isAllowed = try reader.required("allow").bool()
        kind = try reader.value("type") { reader throws(JSONError) in
            reader.value == .string("") ? .all : try reader.choice(of: Kind.self)
        } ?? .all
        major = try reader.value("major", readNumber) ?? nil
        minor = try reader.value("minor", readNumber) ?? nil
        access = try readAccess(reader.required("access"))
    }
}

/// nil, for all, where it is negative.
private func readNumber(_ reader: Reader) throws(JSONError) -> UInt32? {
    let number: Int64 = try reader.integer(in: Int64.min...Int64(UInt32.max))
    return UInt32(exactly: number)
}

private func readAccess(_ reader: Reader) throws(JSONError) -> DeviceRule.Access {
    var access: DeviceRule.Access = []
    for letter in try reader.string().utf8 {
        switch letter {
        case UInt8(ascii: "r"): access.insert(.read)
        case UInt8(ascii: "w"): access.insert(.write)
        case UInt8(ascii: "m"): access.insert(.mknod)
        default: throw reader.mustBe("some of r, w and m")
        }
    }
    if access.isEmpty { throw reader.mustBe("some of r, w and m") }
    return access
}
