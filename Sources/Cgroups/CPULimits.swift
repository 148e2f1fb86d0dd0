import Spec

/// Microseconds; the kernel's default.
private let defaultPeriod: UInt64 = 100_000

extension Limits {
    mutating func addCPU(_ cpu: CPU) throws(CgroupsError) {
        let path = resourcesPath + "cpu/"
        // Before the weight, which is refused while the cgroup is idle.
        if let idle = cpu.idle {
            guard idle == 0 || idle == 1 else { throw .config(path: path + "idle", problem: "must be 0 or 1, found \(idle)") }
            add(Write("cpu.idle", String(idle), path + "idle", idle == 0 ? .missing : []))
        }
        if let shares = cpu.shares, shares != 0 {
            if cpu.idle == 1 {
                ignore("cpu/shares", "an idle cgroup has no weight")
            } else {
                let weight = cpuWeight(shares: shares)
                add(Write("cpu.weight", String(weight), path + "shares", weight == 100 ? .missing : []))
            }
        }
        addBandwidth(cpu, path)
        if cpu.realtimeRuntime ?? 0 != 0 { ignore("cpu/realtimeRuntime") }
        if cpu.realtimePeriod ?? 0 != 0 { ignore("cpu/realtimePeriod") }
    }

    private mutating func addBandwidth(_ cpu: CPU, _ path: String) {
        let quota = cpu.quota ?? 0
        let period = cpu.period ?? 0
        let hasBandwidth = quota != 0 || period != 0
        let burst = cpu.burst.map { burst in
            Write("cpu.max.burst", String(burst), path + "burst", burst == 0 ? .missing : [])
        }
        if var burst {
            // The kernel holds it against the quota that is in force: before the new one if it shrinks, after it if it grows.
            if hasBandwidth { burst.tolerance.insert(.invalid) }
            add(burst)
        }
        guard hasBandwidth else { return }
        let value = "\(quota > 0 ? String(quota) : "max") \(period == 0 ? defaultPeriod : period)"
        // Without a quota nothing is held back, however long the period.
        add(Write("cpu.max", value, path + (quota != 0 ? "quota" : "period"), quota > 0 ? [] : .missing))
        if let burst { add(burst) }
    }

    mutating func addCPUSet(_ cpu: CPU) {
        if !cpu.cpus.isEmpty { add(Write("cpuset.cpus", cpu.cpus, resourcesPath + "cpu/cpus")) }
        if !cpu.mems.isEmpty { add(Write("cpuset.mems", cpu.mems, resourcesPath + "cpu/mems")) }
    }
}
