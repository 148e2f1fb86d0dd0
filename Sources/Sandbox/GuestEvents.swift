internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Lifecycle
internal import Store

/// The events of a container in a guest.
final class GuestEvents: EventSource {
    private let backend: SandboxBackend
    private let record: Record
    private let interval: Duration
    private var tick: Deadline
    private let process: PidFD
    private var inquiry: Inquiry
    private var waiting: [ContainerEvent] = []

    init(_ backend: SandboxBackend, _ record: Record, _ interval: Duration) throws(SandboxError) {
        self.backend = backend
        self.record = record
        self.interval = interval
        tick = .after(interval)
        process = try step("watch container \(record.id)") { () throws(SyscallError) in try record.identity.open() }
        inquiry = try Inquiry(root: backend.settings.root, sandbox: record.sandbox ?? record.id)
        if case .failed(let text) = try inquiry.ask(.watch(id: record.id), "the guest to watch container \(record.id)") {
            throw .failed(text)
        }
    }

    func next() throws(LifecycleError) -> ContainerEvent? {
        while true {
            if let event = waiting.first {
                waiting.removeFirst()
                return event
            }
            if tick.hasPassed {
                tick = .after(interval)
                guard let usage = try usage() else { return nil }
                return usage
            }
            do throws(SandboxError) {
                for event in try inquiry.next(until: tick, or: [Watch(process.descriptor, .readable)]) ?? [] {
                    if case .notice(.outOfMemory) = event.what { waiting.append(.oom(id: record.id)) }
                }
            } catch {
                guard case .lost = error else { throw LifecycleError("\(error)") }
                return nil
            }
            // What it met with at last was told before.
            if waiting.isEmpty, try hasEnded() { return nil }
        }
    }

    /// nil: the container ended over it.
    private func usage() throws(LifecycleError) -> ContainerEvent? {
        let usage: Value
        do throws(LifecycleError) { usage = try backend.statistics(record) } catch {
            // In the guest it ends before its process on the host does.
            guard try hasEnded(by: .after(Patience.shutDown)) else { throw error }
            return nil
        }
        return .stats(id: record.id, usage)
    }

    private func hasEnded(by deadline: Deadline = .passed) throws(LifecycleError) -> Bool {
        do throws(SyscallError) { return try process.hasEnded(by: deadline) } catch { throw LifecycleError("\(error)") }
    }
}
