public import JSON

extension Resources {
    /// The resources in `json`, a document of its own (`update --resources FILE`).
    public init(json: Value, at document: String) throws(SpecError) {
        self = try reading(document) { () throws(JSONError) in try Resources(Reader(json)) }
    }

    init(_ reader: Reader) throws(JSONError) {
        devices = try reader.list("devices", DeviceRule.init)
        memory = try reader.value("memory", Memory.init) ?? Memory()
        cpu = try reader.value("cpu", CPU.init) ?? CPU()
        blockIO = try reader.value("blockIO", BlockIO.init) ?? BlockIO()
        pidsLimit = try reader.member("pids")?.number("limit", in: -1...Int64.max)
        hugepageLimits = try reader.list("hugepageLimits", HugepageLimit.init)
        network = try reader.value("network", Network.init) ?? Network()
        rdma = try reader.value("rdma", readRDMA) ?? []
        unified = try reader.value("unified", readUnified) ?? []
    }
}

extension Memory {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        let bytes = -1...Int64.max
        limit = try reader.number("limit", in: bytes)
        reservation = try reader.number("reservation", in: bytes)
        swap = try reader.number("swap", in: bytes)
        kernel = try reader.number("kernel", in: bytes)
        kernelTCP = try reader.number("kernelTCP", in: bytes)
        swappiness = try reader.number("swappiness", in: 0...100)
        disableOOMKiller = try reader.flag("disableOOMKiller")
        useHierarchy = try reader.flag("useHierarchy")
        checkBeforeUpdate = try reader.flag("checkBeforeUpdate")
    }
}

extension CPU {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        shares = try reader.number("shares")
        quota = try reader.number("quota")
        burst = try reader.number("burst")
        period = try reader.number("period")
        realtimeRuntime = try reader.number("realtimeRuntime")
        realtimePeriod = try reader.number("realtimePeriod")
        cpus = try reader.rangeList("cpus")
        mems = try reader.rangeList("mems")
        idle = try reader.number("idle", in: 0...1)
        if let burst, let quota, quota > 0, burst > UInt64(quota) {
            throw try reader.required("burst").mustBe("at most the quota \(quota)")
        }
    }
}

extension HugepageLimit {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        let sizeReader = try reader.required("pageSize")
        pageSize = try sizeReader.string()
        limit = try reader.required("limit").integer()
        // hugetlb.<size>.max: the size is part of a file's name.
        let digits = pageSize.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.first != UInt8(ascii: "0"), ["KB", "MB", "GB"].contains(pageSize.dropFirst(digits.count)) else {
            throw sizeReader.mustBe("a size such as 64KB, 2MB or 1GB")
        }
    }
}

extension Network {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        classID = try reader.number("classID")
        hasPriorities =
            try !reader.list("priorities") { reader throws(JSONError) in
                _ = try reader.required("name").nonEmptyString()
                let _: UInt32 = try reader.required("priority").integer()
            }.isEmpty
    }
}

private func readRDMA(_ reader: Reader) throws(JSONError) -> [RDMALimit] {
    try reader.map { (device, reader) throws(JSONError) in
        if device.isEmpty { throw reader.fault("the key must not be empty") }
        let limit = RDMALimit(device: device, hcaHandles: try reader.number("hcaHandles"), hcaObjects: try reader.number("hcaObjects"))
        if limit.hcaHandles == nil, limit.hcaObjects == nil { throw reader.fault("must have hcaHandles or hcaObjects") }
        return limit
    }
}

private func readUnified(_ reader: Reader) throws(JSONError) -> [Annotation] {
    try reader.map { (file, value) throws(JSONError) in
        if file.isEmpty || file == "." || file == ".." || file.utf8.contains(UInt8(ascii: "/")) {
            throw value.fault("the key must be the name of a cgroup file such as memory.high")
        }
        return Annotation(file, try value.string())
    }
}
