import Kernel
public import Spec

extension Cgroup {
    /// `resources` of an update with what the cgroup has already, where a file holds two of them and one alone is given: a quota
    /// needs a period, memory and swap together need the memory.
    public func completing(_ resources: Resources) throws(CgroupsError) -> Resources {
        var resources = resources
        let hasQuota = resources.cpu.quota ?? 0 != 0
        let hasPeriod = resources.cpu.period ?? 0 != 0
        if hasQuota != hasPeriod, let (quota, period) = try bandwidth() {
            if hasQuota { resources.cpu.period = period } else { resources.cpu.quota = quota }
        }
        if resources.memory.limit ?? 0 == 0, resources.memory.swap ?? 0 > 0, let text = try text(of: "memory.max") {
            // Without a limit in force there is nothing that swap could be added to, which is an error of its own.
            if let limit = Int64(text.filter { !$0.isWhitespace }) { resources.memory.limit = limit }
        }
        return resources
    }

    /// Of `cpu.max`, in microseconds; a quota of -1 is none.
    private func bandwidth() throws(CgroupsError) -> (quota: Int64, period: UInt64)? {
        guard let fields = try text(of: "cpu.max").map(words), fields.count == 2, let period = UInt64(fields[1]) else { return nil }
        return (Int64(fields[0]) ?? -1, period)
    }

    /// Has those above it give on the controllers that it lacks, as far as they can: a limit that needs another one fails with its
    /// name when it is written.
    public func obtain(_ controllers: Set<String>) throws(CgroupsError) {
        let missing = controllers.subtracting(words(try read("cgroup.controllers")))
        guard !missing.isEmpty else { return }
        for depth in 0..<placement.levels.count {
            guard let directory = try openLevels(placement, depth) else { return }
            try enable(.only(missing), in: directory, placement.path(of: depth))
        }
    }
}
