internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    public enum Afterwards: Hashable, Sendable { case delete, keep }

    /// What came of a run.
    public struct Ended: Hashable, Sendable {
        /// The process's status in the foreground (128+n for signal n), 0 when detached.
        public let exitCode: Int32
        /// As `delete` returns them.
        public let warnings: [String]
        /// Why the container ended with more than itself.
        public let failure: String?
    }

    /// create and start. In the foreground waits for the end, relays a terminal and signals, and deletes unless told to keep.
    public func run(_ request: CreateRequest, afterwards: Afterwards) throws(LifecycleError) -> Ended {
        switch request.attachment {
        case .detached:
            let established = try establish(request)
            try startOrDelete(established.record) { (id) throws(LifecycleError) in
                guard let notification = try begin(id) else { return }
                try notification.awaited()
            }
            return Ended(exitCode: 0, warnings: [], failure: nil)
        case .foreground:
            // Before there is a child: none of its signals may be missed.
            let foreground = try failing { () throws(SyscallError) in try Foreground() }
            var established = try establish(request)
            let id = established.record.id
            let status: ExitStatus
            do throws(LifecycleError) {
                try foreground.fit(established.parked.terminal)
                var notification: Notification?
                try startOrDelete(established.record) { (id) throws(LifecycleError) in notification = try begin(id) }
                status = try foreground.accompany(
                    established.parked.pidfd, terminal: established.parked.terminal.take(), notification.take())
            } catch {
                try foreground.restore()
                throw error
            }
            try foreground.restore()
            let failure = try backend(of: established.record).failure(of: established.record)
            return Ended(
                exitCode: status.shellCode, warnings: afterwards == .delete ? try delete(id, .yes) : [], failure: failure)
        }
    }

    private func startOrDelete(_ record: Record, _ start: (ContainerID) throws(LifecycleError) -> Void) throws(LifecycleError) {
        do throws(LifecycleError) { try start(try containerID(record.id)) } catch {
            let warnings: [String]
            do throws(LifecycleError) { warnings = try delete(record.id, .yes) } catch let second {
                throw LifecycleError("\(error); and it could not be deleted: \(second)")
            }
            throw LifecycleError((["\(error)"] + warnings).joined(separator: "; "))
        }
    }
}
