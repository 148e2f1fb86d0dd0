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
        return try backend(of: record).update(record, given)
    }
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
