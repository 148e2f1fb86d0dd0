public import Spec

/// What the keys of annotations begin with that are properties of the container's unit.
public let annotatedPropertyPrefix = "org.systemd.property."

/// The properties that annotations `org.systemd.property.NAME` ask for, their values in GVariant's text format.
///
/// One whose name ends with `Sec` is a time in seconds: the bus only has it in microseconds, under a name that ends with `USec`.
/// These properties can have systemd run programs as root: who writes config.json is trusted with that.
public func annotatedProperties(_ annotations: [Annotation]) throws(SystemdError) -> [UnitProperty] {
    var properties: [UnitProperty] = []
    for annotation in annotations where annotation.key.hasPrefix(annotatedPropertyPrefix) {
        let path = "/annotations/\(quotable(annotation.key))"
        let name = String(annotation.key.dropFirst(annotatedPropertyPrefix.count))
        guard !name.isEmpty, name.utf8.allSatisfy(isLetter) else {
            throw .config(path: path, problem: "must end with the name of a property, which is letters only")
        }
        let value: BusValue
        do throws(TextFault) { value = try parseText(annotation.value) } catch {
            throw .config(path: path, problem: "\(error.problem), found \"\(quotable(annotation.value))\"")
        }
        guard name.hasSuffix("Sec"), !name.hasSuffix("USec") else {
            properties.append(UnitProperty(name, value))
            continue
        }
        guard let time = microseconds(value) else {
            throw .config(path: path, problem: "must be a number of seconds, found \"\(quotable(annotation.value))\"")
        }
        properties.append(UnitProperty(String(name.dropLast(3)) + "USec", .uint64(time)))
    }
    return properties
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

private func microseconds(_ value: BusValue) -> UInt64? {
    let seconds: UInt64?
    switch value {
    case .byte(let number): seconds = UInt64(number)
    case .int16(let number): seconds = UInt64(exactly: number)
    case .uint16(let number): seconds = UInt64(number)
    case .int32(let number): seconds = UInt64(exactly: number)
    case .uint32(let number): seconds = UInt64(number)
    case .int64(let number): seconds = UInt64(exactly: number)
    case .uint64(let number): seconds = number
    case .double(let number): return number >= 0 && number < 1e12 ? UInt64(number * 1_000_000) : nil
    default: seconds = nil
    }
    guard let seconds else { return nil }
    let (time, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return isTooMuch ? nil : time
}
