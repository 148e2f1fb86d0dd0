internal import Cgroups
internal import Spec
internal import Store

extension HostBackend {
    func update(_ record: Record, _ given: Resources) throws(LifecycleError) -> [String] {
        let cgroup = try cgroup(of: record, to: "update")
        let limits: Cgroups.Limits
        let before: Snapshot
        do throws(CgroupsError) {
            let complete = try cgroup.completing(given)
            limits = try Cgroups.Limits(record.cgroupDriver == .systemd ? aligned(complete) : complete)
            try cgroup.obtain(limits.controllers)
            before = try cgroup.snapshot(for: limits)
        } catch { throw LifecycleError("update \(record.id): \(ofResources("\(error)"))") }
        do throws(LifecycleError) {
            let warnings = try failing { () throws(CgroupsError) in try cgroup.apply(limits) }
            // With the values the files have now: systemd would write those it remembers at its next reload.
            try tellSystemd(limits.writes, of: record)
            return (limits.warnings + warnings).map(ofResources)
        } catch {
            let failures = before.restore(cgroup)
            let end = failures.isEmpty ? "the limits are as they were" : failures.joined(separator: "; ")
            throw LifecycleError("update \(record.id): \(ofResources("\(error)")); \(end)")
        }
    }
}

/// Limits are named as config.json has them, which is not what this verb reads.
public func ofResources(_ text: String) -> String {
    let prefix = "config.json: /linux/resources/"
    return text.hasPrefix(prefix) ? "resources: /" + text.dropFirst(prefix.count) : text
}
