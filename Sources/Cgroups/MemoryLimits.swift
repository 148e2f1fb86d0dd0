import Spec

extension Limits {
    mutating func addMemory(_ memory: Memory) throws(CgroupsError) {
        let path = resourcesPath + "memory/"
        let limit = memory.limit ?? 0
        let isChecked = memory.checkBeforeUpdate == true

        if let (value, field) = try swapLimit(limit, memory.swap ?? 0, path) {
            if isChecked, let bytes = UInt64(value) { add(Check(file: "memory.swap.current", limit: bytes, field: field)) }
            // Without swap accounting there is no such file, and neither of these needs it.
            add(Write("memory.swap.max", value, field, value == "max" || value == "0" ? .missing : []))
        }
        if limit != 0 {
            let value = try amount(limit, path + "limit")
            if isChecked, let bytes = UInt64(value) { add(Check(file: "memory.current", limit: bytes, field: path + "limit")) }
            add(Write("memory.max", value, path + "limit", limit == -1 ? .missing : []))
        }
        if let reservation = memory.reservation, reservation != 0 {
            add(Write("memory.low", try amount(reservation, path + "reservation"), path + "reservation"))
        }
        addLegacyMemory(memory)
    }

    private mutating func addLegacyMemory(_ memory: Memory) {
        if memory.kernel ?? 0 > 0 { ignore("memory/kernel") }
        if memory.kernelTCP ?? 0 > 0 { ignore("memory/kernelTCP") }
        if memory.swappiness != nil { ignore("memory/swappiness") }
        if memory.disableOOMKiller == true { ignore("memory/disableOOMKiller") }
        if memory.useHierarchy == false { ignore("memory/useHierarchy", "in cgroup v2 it cannot be turned off") }
    }
}

/// `memory.swap` is memory and swap together, `memory.swap.max` swap alone. nil: nothing is to be written.
private func swapLimit(
    _ memory: Int64, _ both: Int64, _ path: String
) throws(CgroupsError) -> (value: String, field: String)? {
    let field = path + "swap"
    switch (memory, both) {
    // Unlimited memory without a word of swap means both, as in v1.
    case (-1, 0): return ("max", path + "limit")
    case (_, 0): return nil
    case (_, -1): return ("max", field)
    case (_, ..<0): throw .config(path: field, problem: "must be -1 (unlimited) or at least 0, found \(both)")
    case (-1, _): return (String(both), field)
    case (0, _): throw .config(path: field, problem: "unable to set swap limit without memory limit")
    case (both..., _) where both < memory:
        throw .config(path: field, problem: "memory+swap limit should be >= memory limit (\(memory)), found \(both)")
    default: return (String(both - memory), field)
    }
}
