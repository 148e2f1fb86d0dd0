import Kernel

extension Cgroup {
    /// What its processes, past and present, have used; ENODEV once it is gone.
    public func statistics() throws(CgroupsError) -> Statistics {
        var statistics = Statistics()
        // Every cgroup has this one, whatever controllers it has.
        guard let cpu = try text(of: "cpu.stat") else {
            throw .refused(step: "read \(placement.path)/cpu.stat", SyscallError("open", "cpu.stat", .noDevice))
        }
        statistics.cpu = Statistics.CPU(cpu)
        statistics.cpu.pressure = try pressure("cpu")
        statistics.memory = try memory()
        statistics.pids = try pids()
        if let io = try text(of: "io.stat") {
            statistics.io.devices = io.split(separator: "\n").compactMap { Statistics.IO.Device($0) }
        }
        statistics.io.pressure = try pressure("io")
        statistics.hugepages = try hugepages()
        return statistics
    }

    private func memory() throws(CgroupsError) -> Statistics.Memory {
        var memory = Statistics.Memory()
        memory.pressure = try pressure("memory")
        guard let usage = try amount("memory") else { return memory }
        memory.usage = usage
        memory.swap = try amount("memory.swap")
        memory.raw = counts(try text(of: "memory.stat") ?? "").sorted { $0.name < $1.name }
        memory.cache = memory.raw.first { $0.name == "file" }?.value ?? 0
        return memory
    }

    /// nil: there is no such accounting.
    private func amount(_ prefix: String) throws(CgroupsError) -> Statistics.Amount? {
        guard let current = try number("\(prefix).current") else { return nil }
        return Statistics.Amount(
            current: current, limit: try number("\(prefix).max") ?? .max, peak: try number("\(prefix).peak") ?? 0)
    }

    private func pids() throws(CgroupsError) -> Statistics.Pids {
        guard let current = try number("pids.current") else {
            return Statistics.Pids(current: UInt64(try processes(.itself).count))
        }
        let limit = try number("pids.max") ?? .max
        return Statistics.Pids(current: current, limit: limit == .max ? 0 : limit)
    }

    private func hugepages() throws(CgroupsError) -> [Statistics.Hugepages] {
        let names = try step("list cgroup \(placement.path)") { () throws(SyscallError) in
            try entries(of: directory).map(\.name)
        }
        var result: [Statistics.Hugepages] = []
        for name in names.sorted() where name.hasPrefix("hugetlb.") && name.hasSuffix(".current") {
            let parts = name.split(separator: ".")
            guard parts.count == 3 else { continue }
            let prefix = "hugetlb.\(parts[1])"
            let reserved = try number("\(prefix).rsvd.current")
            let usage = try number("\(prefix).current") ?? 0
            let failures = counts(try text(of: "\(prefix).events") ?? "").first { $0.name == "max" }?.value ?? 0
            result.append(Statistics.Hugepages(pageSize: String(parts[1]), usage: reserved ?? usage, failures: failures))
        }
        return result
    }

    private func pressure(_ resource: String) throws(CgroupsError) -> Statistics.Pressure? {
        try text(of: "\(resource).pressure").map { Statistics.Pressure($0) }
    }

    /// nil: there is no such file; `max` is the largest number.
    private func number(_ file: String) throws(CgroupsError) -> UInt64? {
        guard let word = try text(of: file)?.filter({ !$0.isWhitespace }) else { return nil }
        if word == "max" { return .max }
        guard let number = UInt64(word) else {
            throw .refused(step: "read \(placement.path)/\(file)", SyscallError("read", "found \"\(word)\"", .badMessage))
        }
        return number
    }

    /// nil: there is no such file, or the kernel was told not to fill it (PSI, threaded cgroups).
    func text(of file: String) throws(CgroupsError) -> String? {
        do throws(SyscallError) { return try readControl(file, of: directory) } catch {
            guard error.errno == .noEntry || error.errno == .notSupported else {
                throw .refused(step: "read \(placement.path)/\(file)", error)
            }
            return nil
        }
    }
}
