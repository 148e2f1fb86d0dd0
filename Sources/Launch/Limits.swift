internal import Kernel
internal import Spec
internal import Plan

/// Sets the limits of an init that has not changed its user yet: only a process of the same user, or one with
/// CAP_SYS_RESOURCE, may.
func setLimits(_ plan: LaunchPlan, of pid: Int32) throws(LaunchError) {
    for (index, rlimit) in plan.rlimits.enumerated() {
        do throws(SyscallError) {
            try setLimit(resource(rlimit.resource), to: Limit(soft: rlimit.soft, hard: rlimit.hard), of: pid)
        } catch {
            throw .prepare("config.json: /process/rlimits/\(index): \(rlimit.resource.rawValue)", error)
        }
    }
}

private func resource(_ resource: Rlimit.Resource) -> LimitedResource {
    switch resource {
    case .cpu: .cpu
    case .fsize: .fileSize
    case .data: .data
    case .stack: .stack
    case .core: .core
    case .rss: .residentSet
    case .nproc: .processes
    case .nofile: .openFiles
    case .memlock: .lockedMemory
    case .addressSpace: .addressSpace
    case .locks: .locks
    case .sigpending: .pendingSignals
    case .msgqueue: .messageQueues
    case .nice: .nice
    case .rtprio: .realtimePriority
    case .rttime: .realtimeTime
    }
}
