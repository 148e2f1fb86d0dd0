internal import Spec
internal import Store

extension Runtime {
    /// Stops all processes of a container and waits until they stand.
    public func pause(_ id: String) throws(LifecycleError) {
        let record = try record(id)
        switch record.status {
        case .created, .running: break
        case .paused: throw LifecycleError("container already paused")
        // runc's words.
        case .creating, .stopped: throw LifecycleError("container not running")
        }
        try backend(of: record.record).freeze(record.record)
    }

    /// Lets the processes of a paused container go on.
    public func resume(_ id: String) throws(LifecycleError) {
        let record = try record(id)
        guard record.status == .paused else { throw LifecycleError("container not paused") }
        try backend(of: record.record).thaw(record.record)
    }

    /// What is kept of a container, and its status now.
    func record(_ id: String) throws(LifecycleError) -> (record: Record, status: Status) {
        let directory = try open(try containerID(id))
        let record = try failing { () throws(StoreError) in try directory.load() }
        return (record, try status(record, directory))
    }
}
