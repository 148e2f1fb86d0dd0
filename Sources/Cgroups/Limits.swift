public import Spec

/// `linux.resources`, without its devices, as what is written to a cgroup v2, in runc's order.
///
/// A value that says what the kernel does anyway (-1, cpu.shares 1024) asks for no controller: it is written where its file is,
/// so that an update can go back to it.
public struct Limits: Hashable, Sendable {
    public private(set) var writes: [Write] = []
    /// To be made before the first write.
    public private(set) var checks: [Check] = []
    /// Members that have no meaning in cgroup v2 and are ignored, as in runc.
    public private(set) var warnings: [String] = []

    public init(_ resources: Resources) throws(CgroupsError) {
        try addPids(resources.pidsLimit)
        try addMemory(resources.memory)
        try addIO(resources.blockIO)
        try addCPU(resources.cpu)
        addCPUSet(resources.cpu)
        try addHugepages(resources.hugepageLimits)
        try addRDMA(resources.rdma)
        try addUnified(resources.unified)
        if resources.network.classID != nil { ignore("network/classID") }
        if resources.network.hasPriorities { ignore("network/priorities") }
    }

    /// The controllers without which a write fails; none: any cgroup, or none at all, will do.
    public var controllers: Set<String> {
        Set(writes.filter { $0.tolerance.isDisjoint(with: [.missing, .missingWithWarning]) }.map(\.controller))
            .subtracting(["cgroup"])
    }

    mutating func add(_ write: Write) { writes.append(write) }

    mutating func add(_ check: Check) { checks.append(check) }

    mutating func ignore(_ field: String, _ reason: String = "cgroup v2 has nothing like it") {
        warnings.append("config.json: \(resourcesPath)\(field): ignored: \(reason)")
    }
}

let resourcesPath = "/linux/resources/"

/// A number of bytes or processes; -1 is `max`.
func amount(_ value: Int64, _ field: String) throws(CgroupsError) -> String {
    guard value >= -1 else { throw .config(path: field, problem: "must be -1 (unlimited) or at least 0, found \(value)") }
    return value == -1 ? "max" : String(value)
}
