public import JSON
public import Kernel

/// Why a container's record cannot be had or kept.
public enum StoreError: Error, Hashable, Sendable {
    case emptyID
    /// The id, shortened, and the rule it breaks.
    case invalidID(String, String)
    case exists
    case missing
    /// The path, and what about it lets others than its owner decide what the runtime does.
    case untrusted(String, String)
    /// record.json is no record.
    case record(JSONError)
    /// What was being done, and the refusal.
    case refused(String, SyscallError)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyID: "container id cannot be empty"
        case .invalidID(let id, let rule): "invalid container id \(id.debugDescription): \(rule)"
        // The words of runc, which callers look for.
        case .exists: "container with given ID already exists"
        case .missing: "container does not exist"
        case .untrusted(let path, let reason): "\(path): \(reason)"
        case .record(let error): "record.json: \(error)"
        case .refused(let act, let error): "\(act): \(error)"
        }
    }
}
