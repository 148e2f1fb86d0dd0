public import JSON

extension Resources {
    /// The object that reads as these resources, but for their devices, `network`, `rdma` and `blockIO`: what is of no one machine.
    public var portableJSON: Value {
        var members: [Value.Member] = [.init("memory", memory.value), .init("cpu", cpu.value)]
        if let pidsLimit { members.append(.init("pids", ["limit": Value(pidsLimit)])) }
        let hugepages = hugepageLimits.map { Value.object([.init("pageSize", .string($0.pageSize)), .init("limit", Value($0.limit))]) }
        if !hugepages.isEmpty { members.append(.init("hugepageLimits", .array(hugepages))) }
        if !unified.isEmpty { members.append(.init("unified", Value(unified))) }
        return .object(members)
    }
}

extension Memory {
    fileprivate var value: Value {
        let numbers: [(String, Value?)] = [
            ("limit", limit.map { Value($0) }), ("reservation", reservation.map { Value($0) }), ("swap", swap.map { Value($0) }),
            ("kernel", kernel.map { Value($0) }), ("kernelTCP", kernelTCP.map { Value($0) }),
            ("swappiness", swappiness.map { Value($0) }), ("disableOOMKiller", disableOOMKiller.map { .bool($0) }),
            ("useHierarchy", useHierarchy.map { .bool($0) }), ("checkBeforeUpdate", checkBeforeUpdate.map { .bool($0) }),
        ]
        return object(numbers)
    }
}

extension CPU {
    fileprivate var value: Value {
        let numbers: [(String, Value?)] = [
            ("shares", shares.map { Value($0) }), ("quota", quota.map { Value($0) }), ("burst", burst.map { Value($0) }),
            ("period", period.map { Value($0) }), ("realtimeRuntime", realtimeRuntime.map { Value($0) }),
            ("realtimePeriod", realtimePeriod.map { Value($0) }), ("idle", idle.map { Value($0) }),
            ("cpus", cpus.isEmpty ? nil : .string(cpus)), ("mems", mems.isEmpty ? nil : .string(mems)),
        ]
        return object(numbers)
    }
}

/// What is not said is left out.
private func object(_ members: [(String, Value?)]) -> Value {
    .object(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
}
