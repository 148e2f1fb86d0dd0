internal import CLinux
internal import Spec
internal import Steps

extension Planner {
    mutating func addScheduling(_ process: Process) throws(PlanError) {
        if let scheduler = process.scheduler { add(.setScheduler(attributes(scheduler))) }
        if let io = process.ioPriority {
            add(.setIOPriority(Int32(io.class.rawValue) << 13 | Int32(io.priority)))
        }
        if let personality = config.linux.personality {
            if !personality.flags.isEmpty { warn("config.json: /linux/personality/flags: ignored, none are defined") }
            add(.setPersonality(UInt64(personality.domain.rawValue)))
        }
        if let policy = config.linux.memoryPolicy {
            let nodes = try bitMask(policy.nodes, limit: 1024, "/linux/memoryPolicy/nodes")
            add(.setMemoryPolicy(mode: Int32(bitPattern: policy.mode | policy.flags), plan.pool.intern(nodes)))
        }
    }

    /// `struct sched_attr`, 48 bytes. sched_setattr(2).
    private func attributes(_ scheduler: Scheduler) -> CBytes {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(48))
        bytes.append(littleEndian: scheduler.policy.rawValue)
        bytes.append(littleEndian: scheduler.flags)
        bytes.append(littleEndian: UInt32(bitPattern: scheduler.nice))
        bytes.append(littleEndian: scheduler.priority)
        bytes.append(littleEndian: scheduler.runtime)
        bytes.append(littleEndian: scheduler.deadline)
        bytes.append(littleEndian: scheduler.period)
        return plan.pool.intern(bytes)
    }

    /// A list such as "0-3,7" as a mask of `limit` bits.
    func bitMask(_ list: String, limit: Int, _ field: String) throws(PlanError) -> [UInt8] {
        var mask = [UInt8](repeating: 0, count: limit / 8)
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, first <= last, last < limit else {
                throw PlanError(field, "must be a list such as \"0-3,7\", found \"\(list)\"")
            }
            for node in first...last { mask[node / 8] |= 1 << UInt8(node % 8) }
        }
        return mask
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        for index in 0..<Number.bitWidth / 8 { append(UInt8(truncatingIfNeeded: number >> Number(index * 8))) }
    }
}
