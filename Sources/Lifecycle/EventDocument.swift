internal import Cgroups
public import JSON

extension ContainerEvent {
    /// As runc prints it: the same members in the same order, and those that runc leaves out when they are 0 left out.
    public var json: Value {
        switch self {
        case .stats(let id, let statistics): ["type": "stats", "id": .string(id), "data": statistics]
        case .oom(let id): ["type": "oom", "id": .string(id)]
        }
    }
}

func document(_ statistics: Statistics) -> Value {
    [
        "cpu": cpu(statistics.cpu),
        // cgroup v2 keeps no such counts.
        "cpuset": object(
            [
                "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab",
                "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
            ].map { ($0, 0) }),
        "memory": memory(statistics.memory),
        "pids": object([("current", count(statistics.pids.current)), ("limit", count(statistics.pids.limit))]),
        "blkio": io(statistics.io),
        "hugetlb": object(
            statistics.hugepages.map { pages in
                (pages.pageSize, object([("usage", count(pages.usage)), ("failcnt", Value(pages.failures))]))
            }),
        "intel_rdt": [:],
        "network_interfaces": .null,
    ]
}

private func cpu(_ cpu: Statistics.CPU) -> Value {
    object([
        ("usage", object([("total", count(cpu.total)), ("kernel", Value(cpu.kernel)), ("user", Value(cpu.user))])),
        (
            "throttling",
            object([
                ("periods", count(cpu.periods)), ("throttledPeriods", count(cpu.throttledPeriods)),
                ("throttledTime", count(cpu.throttledTime)),
            ])
        ),
        ("psi", cpu.pressure.map(pressure)),
    ])
}

private func memory(_ memory: Statistics.Memory) -> Value {
    let raw = memory.raw.map { ($0.name, Value?.some(Value($0.value))) }
    return object([
        ("cache", count(memory.cache)), ("usage", amount(memory.usage)), ("swap", amount(both(memory))),
        ("kernel", amount(Statistics.Amount())), ("kernelTCP", amount(Statistics.Amount())), ("raw", raw.isEmpty ? nil : object(raw)),
        ("psi", memory.pressure.map(pressure)),
    ])
}

/// Memory and swap together, which is what "swap" meant in cgroup v1.
private func both(_ memory: Statistics.Memory) -> Statistics.Amount {
    let swap = memory.swap ?? Statistics.Amount()
    let limit = swap.limit.addingReportingOverflow(memory.usage.limit)
    return Statistics.Amount(
        current: swap.current + memory.usage.current, limit: swap.limit == .max || limit.overflow ? .max : limit.partialValue,
        peak: swap.peak)
}

private func amount(_ amount: Statistics.Amount) -> Value {
    object([("limit", Value(amount.limit)), ("usage", count(amount.current)), ("max", count(amount.peak)), ("failcnt", 0)])
}

private func io(_ io: Statistics.IO) -> Value {
    let bytes = io.devices.flatMap { [entry($0, "Read", $0.bytesRead), entry($0, "Write", $0.bytesWritten)] }
    let requests = io.devices.flatMap { [entry($0, "Read", $0.reads), entry($0, "Write", $0.writes)] }
    return object([
        ("ioServiceBytesRecursive", bytes.isEmpty ? nil : .array(bytes)),
        ("ioServicedRecursive", requests.isEmpty ? nil : .array(requests)), ("psi", io.pressure.map(pressure)),
    ])
}

private func entry(_ device: Statistics.IO.Device, _ operation: String, _ value: UInt64) -> Value {
    object([
        ("major", count(device.major)), ("minor", count(device.minor)), ("op", .string(operation)), ("value", count(value)),
    ])
}

private func pressure(_ pressure: Statistics.Pressure) -> Value {
    ["some": stall(pressure.some), "full": stall(pressure.full)]
}

private func stall(_ stall: Statistics.Pressure.Stall) -> Value {
    [
        "avg10": number(stall.average10), "avg60": number(stall.average60), "avg300": number(stall.average300),
        "total": Value(stall.total),
    ]
}

/// As Go writes a number of two decimals.
private func number(_ value: Double) -> Value {
    let text = "\(value)"
    return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
}

/// nil for 0: such a member is left out.
private func count(_ value: UInt64) -> Value? { value == 0 ? nil : Value(value) }

private func object(_ members: [(String, Value?)]) -> Value {
    .object(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
}
