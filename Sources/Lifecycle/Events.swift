public import JSON
internal import Spec
internal import Store

/// What `events` tells of a container.
public enum ContainerEvent: Hashable, Sendable {
    /// The second is `data` of what `events --stats` prints.
    case stats(id: String, Value)
    /// The kernel has killed one of its processes for want of memory.
    case oom(id: String)
}

extension Runtime {
    /// What a container that has not ended has used until now.
    public func statistics(_ id: String) throws(LifecycleError) -> ContainerEvent {
        let record = try living(id)
        return .stats(id: id, try backend(of: record).statistics(record))
    }

    /// The events of a container until it ends, with its usage each time `interval` has passed.
    public func events(_ id: String, every interval: Duration) throws(LifecycleError) -> any EventSource {
        let record = try living(id)
        return try backend(of: record).events(record, every: interval)
    }

    private func living(_ id: String) throws(LifecycleError) -> Record {
        let (record, status) = try record(id)
        guard status != .stopped else { throw notRunning(id) }
        return record
    }
}

func notRunning(_ id: String) -> LifecycleError { LifecycleError("container with id \(id) is not running") }
