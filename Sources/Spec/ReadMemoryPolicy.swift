internal import JSON

extension MemoryPolicy {
    /// The rules of set_mempolicy(2) on what goes with which mode.
    init(_ reader: Reader) throws(JSONError) {
        let modeReader = try reader.required("mode")
        let rule = try modeReader.choice(modes)
        let modeName = try modeReader.string()
        mode = rule.number
        nodes = try reader.rangeList("nodes")
        for flag in try reader.member("flags")?.elements() ?? [] { flags |= try flag.choice(memoryFlags) }
        if rule.nodes == .none, !nodes.isEmpty { throw reader.fault(at: "nodes", "is not allowed with \(modeName)") }
        if rule.nodes == .some, nodes.isEmpty { throw reader.fault(at: "nodes", "is required with \(modeName)") }
        if flags & exclusiveFlags == exclusiveFlags {
            throw reader.fault(at: "flags", "must not have both MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES")
        }
    }
}

private enum Nodes {
    case none, any, some
}

private let modes: [(name: String, value: (number: UInt32, nodes: Nodes))] = [
    ("MPOL_DEFAULT", (0, .none)), ("MPOL_PREFERRED", (1, .any)), ("MPOL_BIND", (2, .some)), ("MPOL_INTERLEAVE", (3, .some)),
    ("MPOL_LOCAL", (4, .none)), ("MPOL_PREFERRED_MANY", (5, .some)), ("MPOL_WEIGHTED_INTERLEAVE", (6, .some)),
]

private let memoryFlags: [(name: String, value: UInt32)] = [
    ("MPOL_F_NUMA_BALANCING", 1 << 13), ("MPOL_F_RELATIVE_NODES", 1 << 14), ("MPOL_F_STATIC_NODES", 1 << 15),
]

private let exclusiveFlags: UInt32 = 1 << 14 | 1 << 15
