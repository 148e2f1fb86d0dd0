internal import JSON

extension Scheduler {
    /// The rules of sched_setattr(2) on what goes with which policy.
    init(_ reader: Reader) throws(JSONError) {
        let policyReader = try reader.required("policy")
        policy = try policyReader.choice(schedulerPolicies)
        nice = try reader.number("nice", in: -20...19) ?? 0
        if nice != 0, policy != .other, policy != .batch { throw reader.fault(at: "nice", "needs policy SCHED_OTHER or SCHED_BATCH") }
        try readPriority(reader)
        for flag in try reader.member("flags")?.elements() ?? [] { flags |= try flag.choice(schedulerFlags) }
        try readDeadline(reader)
    }

    private mutating func readPriority(_ reader: Reader) throws(JSONError) {
        if policy == .fifo || policy == .roundRobin {
            priority = try reader.required("priority").integer(in: 1...99)
            return
        }
        priority = try reader.number("priority") ?? 0
        if priority != 0 { throw reader.fault(at: "priority", "needs policy SCHED_FIFO or SCHED_RR") }
    }

    private mutating func readDeadline(_ reader: Reader) throws(JSONError) {
        runtime = try reader.number("runtime") ?? 0
        deadline = try reader.number("deadline") ?? 0
        period = try reader.number("period") ?? 0
        guard policy == .deadline else {
            for (key, value) in [("runtime", runtime), ("deadline", deadline), ("period", period)] where value != 0 {
                throw reader.fault(at: key, "needs policy SCHED_DEADLINE")
            }
            return
        }
        let (runtimeReader, deadlineReader) = (try reader.required("runtime"), try reader.required("deadline"))
        if runtime < 1024 { throw runtimeReader.mustBe("at least 1024 ns") }
        if deadline < runtime { throw deadlineReader.mustBe("at least the runtime \(runtime)") }
        if period != 0, period < deadline { throw try reader.required("period").mustBe("at least the deadline \(deadline)") }
    }
}

extension IOPriority {
    init(_ reader: Reader) throws(JSONError) {
        `class` = try reader.required("class").choice(ioPriorityClasses)
        priority = try reader.required("priority").integer(in: 0...7)
    }
}

extension ExecCPUAffinity {
    init(_ reader: Reader) throws(JSONError) {
        initial = try reader.rangeList("initial")
        final = try reader.rangeList("final")
    }
}

let schedulerPolicies: [(name: String, value: Scheduler.Policy)] = [
    ("SCHED_OTHER", .other), ("SCHED_FIFO", .fifo), ("SCHED_RR", .roundRobin), ("SCHED_BATCH", .batch),
    ("SCHED_ISO", .iso), ("SCHED_IDLE", .idle), ("SCHED_DEADLINE", .deadline),
]

let schedulerFlags: [(name: String, value: UInt64)] = [
    ("SCHED_FLAG_RESET_ON_FORK", 0x1), ("SCHED_FLAG_RECLAIM", 0x2), ("SCHED_FLAG_DL_OVERRUN", 0x4),
    ("SCHED_FLAG_KEEP_POLICY", 0x8), ("SCHED_FLAG_KEEP_PARAMS", 0x10),
    ("SCHED_FLAG_UTIL_CLAMP_MIN", 0x20), ("SCHED_FLAG_UTIL_CLAMP_MAX", 0x40),
]

let ioPriorityClasses: [(name: String, value: IOPriority.Class)] = [
    ("IOPRIO_CLASS_RT", .realtime), ("IOPRIO_CLASS_BE", .bestEffort), ("IOPRIO_CLASS_IDLE", .idle),
]
