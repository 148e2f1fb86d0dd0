import Spec

extension Limits {
    mutating func addIO(_ io: BlockIO) throws(CgroupsError) {
        let path = resourcesPath + "blockIO/"
        if let weight = io.weight, weight != 0 {
            try check(weight, path + "weight")
            add(Write("io.bfq.weight", String(weight), path + "weight", .missing))
            let converted = 1 + (Int(weight) - 10) * 9999 / 990
            add(Write("io.weight", String(converted), path + "weight", substituteFor: "io.bfq.weight"))
        }
        if io.leafWeight ?? 0 != 0 { ignore("blockIO/leafWeight") }
        for (index, device) in io.weightDevices.enumerated() {
            try addWeight(device, "blockIO/weightDevice/\(index)")
        }
        try addThrottles(io.throttleReadBps, "rbps", path + "throttleReadBpsDevice")
        try addThrottles(io.throttleWriteBps, "wbps", path + "throttleWriteBpsDevice")
        try addThrottles(io.throttleReadIOPS, "riops", path + "throttleReadIOPSDevice")
        try addThrottles(io.throttleWriteIOPS, "wiops", path + "throttleWriteIOPSDevice")
    }

    private mutating func addWeight(_ device: BlockIO.WeightDevice, _ name: String) throws(CgroupsError) {
        let path = resourcesPath + name
        guard device.weight != nil || device.leafWeight != nil else {
            throw .config(path: path, problem: "must have weight or leafWeight")
        }
        if device.leafWeight ?? 0 != 0 { ignore(name + "/leafWeight") }
        guard let weight = device.weight, weight != 0 else { return }
        try check(weight, path + "/weight")
        let number = try number(device.major, device.minor, path)
        // Only BFQ has weights for single devices.
        add(Write("io.bfq.weight", "\(number) \(weight)", path + "/weight", .missingWithWarning))
    }

    private mutating func addThrottles(
        _ devices: [BlockIO.ThrottleDevice], _ key: String, _ path: String
    ) throws(CgroupsError) {
        for (index, device) in devices.enumerated() {
            let number = try number(device.major, device.minor, "\(path)/\(index)")
            // v1 took a limit back with 0, which io.max refuses.
            let rate = device.rate == 0 ? "max" : String(device.rate)
            add(Write("io.max", "\(number) \(key)=\(rate)", "\(path)/\(index)", device.rate == 0 ? .missing : []))
        }
    }
}

private func check(_ weight: UInt16, _ field: String) throws(CgroupsError) {
    guard (10...1000).contains(weight) else { throw .config(path: field, problem: "must be 10 to 1000, found \(weight)") }
}

private func number(_ major: Int64, _ minor: Int64, _ path: String) throws(CgroupsError) -> String {
    guard major >= 0 else { throw .config(path: path + "/major", problem: "must not be negative, found \(major)") }
    guard minor >= 0 else { throw .config(path: path + "/minor", problem: "must not be negative, found \(minor)") }
    return "\(major):\(minor)"
}
