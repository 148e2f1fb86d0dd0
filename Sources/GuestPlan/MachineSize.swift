public import Spec

/// How large a machine is from its boot on.
public struct MachineSize: Hashable, Sendable {
    /// MiB.
    public var memory: UInt64
    public var vcpus: UInt32

    public init(memory: UInt64, vcpus: UInt32) {
        self.memory = memory
        self.vcpus = vcpus
    }

    /// What is said outright holds: the `vm` object, else the annotations `dev.swiftrun.sandbox.*`. Else the pod's limits, else the
    /// container's own, with `overhead` MiB for the guest itself and no more than the host has; else `standard`.
    public init(_ config: Config, standard: MachineSize, overhead: UInt64, _ facts: GuestFacts) throws(SpecError) {
        self = standard
        let pod = try config.podLimits()
        let own = config.linux.resources
        if let bytes = config.vm?.hardware.memory {
            memory = mebibytes(bytes)
        } else if let said = config.sandbox.memory {
            memory = UInt64(said)
        } else if let pod, pod.memory > 0 {
            memory = min(mebibytes(pod.memory) + overhead, facts.memory)
        } else if let limit = own.memory.limit, limit > 0 {
            memory = min(mebibytes(UInt64(limit)) + overhead, facts.memory)
        }
        if let said = config.vm?.hardware.vcpus ?? config.sandbox.vcpus {
            vcpus = said
        } else if let pod, let count = processors(quota: pod.cpuQuota, period: pod.cpuPeriod) ?? processors(shares: pod.cpuShares) {
            vcpus = min(count, facts.processors)
        } else if let count = processors(quota: own.cpu.quota ?? 0, period: own.cpu.period ?? 0) {
            vcpus = min(count, facts.processors)
        }
    }
}

private func mebibytes(_ bytes: UInt64) -> UInt64 { bytes >> 20 + (bytes & 0xfffff == 0 ? 0 : 1) }

/// nil: no limit.
private func processors(quota: Int64, period: UInt64) -> UInt32? {
    guard quota > 0 else { return nil }
    let period = period == 0 ? 100_000 : period
    return UInt32(clamping: (UInt64(quota) - 1) / period + 1)
}

/// 1024 for each processor that a pod asks for; nil: not said.
private func processors(shares: UInt64) -> UInt32? { shares == 0 ? nil : UInt32(clamping: (shares - 1) / 1024 + 1) }
