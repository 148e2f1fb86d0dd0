internal import Cgroups
internal import JSON
internal import Kernel
public import Spec
internal import Store

/// Where the limits of an update come from.
public enum NewResources: Hashable, Sendable {
    /// Path of a JSON file with `linux.resources` of the runtime specification.
    case file(String)
    /// The same on standard input.
    case input
    case values(Resources)
}

extension Runtime {
    /// Puts other limits in force; what is not given stays. When one is refused, all are as they were before.
    ///
    /// Device rules are never touched. Returns warnings.
    public func update(_ id: String, _ new: NewResources) throws(LifecycleError) -> [String] {
        let given = try new.resources()
        let (record, status) = try record(id)
        guard status != .stopped else { throw LifecycleError("container not running") }
        let cgroup = try cgroup(of: record, to: "update")
        let limits: Cgroups.Limits
        let before: Snapshot
        do throws(CgroupsError) {
            let complete = try cgroup.completing(given)
            limits = try Cgroups.Limits(record.cgroupDriver == .systemd ? aligned(complete) : complete)
            try cgroup.obtain(limits.controllers)
            before = try cgroup.snapshot(for: limits)
        } catch { throw LifecycleError("update \(id): \(ofResources("\(error)"))") }
        do throws(LifecycleError) {
            let warnings = try failing { () throws(CgroupsError) in try cgroup.apply(limits) }
            // With the values the files have now: systemd would write those it remembers at its next reload.
            try tellSystemd(limits.writes, of: record)
            return (limits.warnings + warnings).map(ofResources)
        } catch {
            let failures = before.restore(cgroup)
            let end = failures.isEmpty ? "the limits are as they were" : failures.joined(separator: "; ")
            throw LifecycleError("update \(id): \(ofResources("\(error)")); \(end)")
        }
    }
}

/// Limits are named as config.json has them, which is not what this verb reads.
private func ofResources(_ text: String) -> String {
    let prefix = "config.json: /linux/resources/"
    return text.hasPrefix(prefix) ? "resources: /" + text.dropFirst(prefix.count) : text
}

extension NewResources {
    fileprivate func resources() throws(LifecycleError) -> Resources {
        let bytes: [UInt8]
        do throws(SyscallError) {
            switch self {
            case .values(let resources): return resources
            case .file(let path): bytes = try readFile(path, limit: JSON.Limits.document.bytes)
            case .input:
                bytes = try readAll(OwnedFD(duplicating: 0), limit: JSON.Limits.document.bytes, subject: "standard input")
            }
        } catch { throw LifecycleError("--resources: \(error)") }
        let value: Value
        do throws(JSONError) { value = try parse(bytes) } catch { throw LifecycleError("resources: \(error)") }
        return try failing { () throws(SpecError) in try Resources(json: value, at: "resources") }
    }
}
