// The text of cgroup v2's statistics files, read leniently: a newer kernel may add lines and keys anywhere.

extension Statistics.CPU {
    /// - Parameter text: of `cpu.stat`.
    init(_ text: String) {
        for count in counts(text) {
            switch count.name {
            case "usage_usec": total = nanoseconds(count.value)
            case "user_usec": user = nanoseconds(count.value)
            case "system_usec": kernel = nanoseconds(count.value)
            case "nr_periods": periods = count.value
            case "nr_throttled": throttledPeriods = count.value
            case "throttled_usec": throttledTime = nanoseconds(count.value)
            default: break
            }
        }
    }
}

private func nanoseconds(_ microseconds: UInt64) -> UInt64 {
    let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
    return overflow ? .max : product
}

extension Statistics.Pressure {
    /// - Parameter text: of a `*.pressure` file.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            switch fields.first {
            case "some": some = Stall(fields.dropFirst())
            case "full": full = Stall(fields.dropFirst())
            default: break
            }
        }
    }
}

extension Statistics.Pressure.Stall {
    fileprivate init(_ fields: ArraySlice<Substring>) {
        for (key, value) in pairs(fields) {
            switch key {
            case "avg10": average10 = Double(value) ?? 0
            case "avg60": average60 = Double(value) ?? 0
            case "avg300": average300 = Double(value) ?? 0
            case "total": total = UInt64(value) ?? 0
            default: break
            }
        }
    }
}

extension Statistics.IO.Device {
    /// - Parameter line: of `io.stat`; nil: it is about no device.
    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        let number = fields.first?.split(separator: ":").map { UInt64($0) } ?? []
        guard number.count == 2, let major = number[0], let minor = number[1] else { return nil }
        self.init(major: major, minor: minor)
        for (key, value) in pairs(fields.dropFirst()) {
            let value = UInt64(value) ?? 0
            switch key {
            case "rbytes": bytesRead = value
            case "wbytes": bytesWritten = value
            case "rios": reads = value
            case "wios": writes = value
            default: break
            }
        }
    }
}

/// The lines `name number` of a flat keyed file.
func counts(_ text: String) -> [Statistics.Count] {
    text.split(separator: "\n").compactMap { line in
        let fields = line.split(separator: " ")
        guard fields.count == 2, let value = UInt64(fields[1]) else { return nil }
        return Statistics.Count(name: String(fields[0]), value: value)
    }
}

/// The words `key=value`.
private func pairs(_ fields: ArraySlice<Substring>) -> [(key: Substring, value: Substring)] {
    fields.compactMap { field in
        guard let sign = field.firstIndex(of: "=") else { return nil }
        return (field[..<sign], field[field.index(after: sign)...])
    }
}
