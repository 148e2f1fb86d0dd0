internal import Cgroups
internal import Kernel
internal import Launch
internal import Store

extension HostBackend {
    func kill(_ record: Record, _ signal: Signal, _ scope: Runtime.KillScope) throws(LifecycleError) {
        if signal == .kill && !record.hasOwnPIDNamespace { return try killAll(record) }
        do throws(SyscallError) { try record.identity.open().send(signal) } catch {
            if scope == .all && error.errno == .noProcess { return }
            throw LifecycleError(error.errno == .noProcess ? "container not running" : "\(error)")
        }
    }

    func lateFailure(_ report: [UInt8], _ record: Record) -> LifecycleError? {
        // The last of its words, of 8 bytes each.
        switch LateWord(Array(report.suffix(8))) {
        case .executing: return nil
        case .silence:
            let reason = hasMetOOM(record) ? ": \(outOfMemory)" : ""
            return LifecycleError("container init ended before it executed its program\(reason)")
        case .failed(let step, let value):
            let index = step - record.lateStepBase
            guard record.lateSteps.indices.contains(index) else {
                return LifecycleError("container init failed at unknown step \(step)")
            }
            return LifecycleError("\(Launch.lateFailure(LateStep(text: record.lateSteps[index]), value))")
        }
    }

    /// The host's own end is told to nobody.
    func failure(of record: Record) -> String? { nil }

    /// All that it has is its cgroup.
    func clear(_ record: Record) -> [String] { [] }
}

/// Ends every process of the container's cgroup; one that is gone has none.
func killAll(_ record: Record) throws(LifecycleError) {
    guard !record.cgroupPath.isEmpty else {
        do throws(SyscallError) {
            try ignoring(.noProcess) { () throws(SyscallError) in try record.identity.open().send(.kill) }
        } catch { throw LifecycleError("\(error)") }
        return
    }
    do throws(CgroupsError) {
        guard let cgroup = try Cgroup.open(placement(record.cgroupPath)) else { return }
        try cgroup.kill()
    } catch { throw LifecycleError("\(error)") }
}
