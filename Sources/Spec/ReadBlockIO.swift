internal import JSON

extension BlockIO {
    init(_ reader: Reader) throws(JSONError) {
        weight = try reader.weight("weight")
        leafWeight = try reader.weight("leafWeight")
        weightDevices = try reader.list("weightDevice", WeightDevice.init)
        throttleReadBps = try reader.list("throttleReadBpsDevice", ThrottleDevice.init)
        throttleWriteBps = try reader.list("throttleWriteBpsDevice", ThrottleDevice.init)
        throttleReadIOPS = try reader.list("throttleReadIOPSDevice", ThrottleDevice.init)
        throttleWriteIOPS = try reader.list("throttleWriteIOPSDevice", ThrottleDevice.init)
    }
}

extension BlockIO.WeightDevice {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        (major, minor) = try reader.deviceNumber()
        weight = try reader.weight("weight")
        leafWeight = try reader.weight("leafWeight")
        if weight == nil, leafWeight == nil { throw reader.fault("must have weight or leafWeight") }
    }
}

extension BlockIO.ThrottleDevice {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        (major, minor) = try reader.deviceNumber()
        rate = try reader.required("rate").integer()
    }
}

extension Reader {
    fileprivate func deviceNumber() throws(JSONError) -> (major: Int64, minor: Int64) {
        (try required("major").integer(in: 0...0xFFF), try required("minor").integer(in: 0...0xF_FFFF))
    }

    /// nil also for 0, which is how Go programs write "not set".
    fileprivate func weight(_ key: String) throws(JSONError) -> UInt16? {
        guard let reader = try member(key) else { return nil }
        if reader.value == .number("0") { return nil }
        return try reader.integer(in: 10...1000)
    }
}
