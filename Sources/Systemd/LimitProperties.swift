internal import Spec

/// A value that a file of the container's cgroup is to have.
public struct FileSetting: Hashable, Sendable {
    public let file: String
    public let value: String
    /// The member of config.json that asks for it, such as `/linux/resources/memory/limit`.
    public let field: String

    public init(_ file: String, _ value: String, _ field: String) {
        self.file = file
        self.value = value
        self.field = field
    }
}

/// When properties are given to a unit: some can only be at its birth.
public enum Moment: Hashable, Sendable {
    case creation, update
}

/// The properties by which systemd is told of what is written to the files of its unit's cgroup, so that it does not write something else
/// there one day. Files that it knows nothing of are left out; of several values for a file the last one holds.
///
/// - Parameter version: systemd's.
public func limitProperties(
    _ settings: [FileSetting], version: Int, _ moment: Moment
) throws(SystemdError) -> [UnitProperty] {
    var properties: [UnitProperty] = []
    var isIdle = false
    func put(_ name: String, _ value: BusValue) {
        properties.removeAll { $0.name == name }
        properties.append(UnitProperty(name, value))
    }
    for setting in settings {
        switch setting.file {
        case "memory.max": put("MemoryMax", try amount(setting))
        case "memory.low": put("MemoryLow", try amount(setting))
        case "memory.high": put("MemoryHigh", try amount(setting))
        case "memory.min": put("MemoryMin", try amount(setting))
        case "memory.swap.max": put("MemorySwapMax", try amount(setting))
        case "memory.oom.group":
            guard moment == .creation, version >= 253 else { break }
            guard ["0", "1"].contains(setting.value) else { throw fault(setting, "must be 0 or 1") }
            put("OOMPolicy", .string(setting.value == "1" ? "kill" : "continue"))
        case "pids.max": put("TasksMax", try amount(setting))
        // For a device it is in the files only.
        case "io.weight":
            let weight = setting.value.hasPrefix("default ") ? setting.value.dropFirst(8) : setting.value[...]
            if let number = UInt64(weight), (1...10000).contains(number) { put("IOWeight", .uint64(number)) }
        case "cpu.weight": put("CPUWeight", .uint64(try number(setting, 1...10000)))
        case "cpu.idle": isIdle = try number(setting, 0...1) == 1
        case "cpu.max": for property in try bandwidth(setting, version) { put(property.name, property.value) }
        case "cpuset.cpus" where version >= 244: put("AllowedCPUs", try bitmap(setting))
        case "cpuset.mems" where version >= 244: put("AllowedMemoryNodes", try bitmap(setting))
        default: break
        }
    }
    if isIdle {
        // systemd.resource-control(5): a weight of `idle` is 0 on the bus; before there was none, only the file tells.
        properties.removeAll { $0.name == "CPUWeight" }
        if version >= 252 { put("CPUWeight", .uint64(0)) }
    }
    return properties
}

/// systemd's "infinity".
private let infinity = BusValue.uint64(.max)

/// Microseconds; the kernel's default.
private let defaultPeriod: UInt64 = 100_000

private func bandwidth(_ setting: FileSetting, _ version: Int) throws(SystemdError) -> [UnitProperty] {
    let parts = setting.value.split(separator: " ")
    var period = defaultPeriod
    if parts.count == 2 {
        guard let value = UInt64(parts[1]), value > 0 else { throw fault(setting, "has no period in microseconds") }
        period = value
    }
    guard let first = parts.first, parts.count <= 2 else { throw fault(setting, "must be a quota and a period") }
    var quota = infinity
    if first != "max" {
        guard let value = UInt64(first), value > 0, value < 1 << 40, period < 1 << 40 else { throw fault(setting, "has no quota in microseconds") }
        quota = .uint64(perSecond(value, period))
    }
    var properties = [UnitProperty("CPUQuotaPerSecUSec", quota)]
    if version >= 242 { properties.append(UnitProperty("CPUQuotaPeriodUSec", .uint64(period))) }
    return properties
}

/// Microseconds in a second, a multiple of the 10000 that systemd reckons in, rounded up: to a percent of a CPU.
private func perSecond(_ quota: UInt64, _ period: UInt64) -> UInt64 {
    (quota * 1_000_000 / period + 9_999) / 10_000 * 10_000
}

/// The quota for `cpu.max` that comes to what systemd can say: else it would write another one than we do.
///
/// - Parameters: microseconds; a period of 0 is the kernel's default. What is out of reach of a limit is left as it is.
public func alignedQuota(_ quota: Int64, period: UInt64) -> Int64 {
    let period = period == 0 ? defaultPeriod : period
    guard quota > 0, quota < 1 << 40, period < 1 << 40 else { return quota }
    let asked = UInt64(quota) * 1_000_000 / period
    guard asked % 10_000 != 0 else { return quota }
    let (product, isTooMuch) = perSecond(UInt64(quota), period).multipliedReportingOverflow(by: period)
    return isTooMuch ? quota : Int64(product / 1_000_000)
}

private func fault(_ setting: FileSetting, _ problem: String) -> SystemdError {
    .config(path: setting.field, problem: "\(problem) for systemd to know of it, found \"\(quotable(setting.value))\"")
}

private func number(_ setting: FileSetting, _ range: ClosedRange<UInt64>) throws(SystemdError) -> UInt64 {
    guard let number = UInt64(setting.value), range.contains(number) else {
        throw fault(setting, "must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
}

private func amount(_ setting: FileSetting) throws(SystemdError) -> BusValue {
    if setting.value == "max" { return infinity }
    guard let number = UInt64(setting.value) else { throw fault(setting, "must be a number or \"max\"") }
    return .uint64(number)
}

/// A list such as `0-3,8` as bits, the first CPU or node in the lowest bit of the first byte.
private func bitmap(_ setting: FileSetting) throws(SystemdError) -> BusValue {
    var bytes: [UInt8] = []
    for range in setting.value.split(whereSeparator: { $0 == "," || $0 == " " }) {
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends[0], let last = ends.count == 1 ? first : ends[1], ends.count <= 2, 0 <= first, first <= last, last < 8192
        else { throw fault(setting, "must be a list of numbers and ranges") }
        while bytes.count <= last / 8 { bytes.append(0) }
        for index in first...last { bytes[index / 8] |= 1 << UInt8(index % 8) }
    }
    return .bytes(bytes)
}
