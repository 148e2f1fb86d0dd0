internal import Cgroups
internal import JSON
internal import Kernel
internal import Store

extension HostBackend {
    func statistics(_ record: Record) throws(LifecycleError) -> Value {
        let cgroup = try cgroup(of: record, to: "tell the usage of")
        return document(try failing { () throws(CgroupsError) in try cgroup.statistics() })
    }

    func events(_ record: Record, every interval: Duration) throws(LifecycleError) -> any EventSource {
        let cgroup = try cgroup(of: record, to: "watch")
        let process: PidFD
        do throws(SyscallError) { process = try record.identity.open() } catch {
            throw error.errno == .noProcess ? notRunning(record.id) : LifecycleError("\(error)")
        }
        let memory = try failing { () throws(CgroupsError) in try MemoryEvents(cgroup) }
        return try HostEvents(id: record.id, cgroup: cgroup, process: process, memory: memory, interval: interval)
    }
}

/// The events of one container, from its cgroup.
final class HostEvents: EventSource {
    private let id: String
    private let cgroup: Cgroup
    private let process: PidFD
    private var memory: MemoryEvents?
    private let interval: Duration
    private var tick: Deadline
    /// How many processes the kernel has killed so far, and how many of them were told.
    private var kills: UInt64
    private var told: UInt64

    init(
        id: String, cgroup: consuming Cgroup, process: consuming PidFD, memory: consuming MemoryEvents?, interval: Duration
    ) throws(LifecycleError) {
        self.id = id
        self.cgroup = cgroup
        self.process = process
        self.interval = interval
        tick = .after(interval)
        kills = 0
        self.memory = memory
        told = 0
        try look()
        told = kills
    }

    /// Waits for the next one; nil: the container has ended.
    func next() throws(LifecycleError) -> ContainerEvent? {
        while true {
            if told < kills {
                told += 1
                return .oom(id: id)
            }
            switch try wait() {
            case .ended:
                // The last thing it met with may have been that.
                try look()
                if told == kills { return nil }
            case .memory: try look()
            case .tick:
                tick = .after(interval)
                if let event = try usage() { return event }
            }
        }
    }

    private enum Cause { case ended, memory, tick }

    private func wait() throws(LifecycleError) -> Cause {
        var watches = [Watch(process.descriptor, .readable)]
        switch memory {
        case .some(let memory): watches.append(memory.watch)
        case .none: break
        }
        do throws(SyscallError) {
            guard let ready = try poll(watches, until: tick) else { return .tick }
            return ready[0].isEmpty ? .memory : .ended
        } catch { throw LifecycleError("wait for events of container \(id): \(error)") }
    }

    private func look() throws(LifecycleError) {
        do throws(CgroupsError) {
            let count: UInt64?
            switch memory {
            case .some(let memory): count = try memory.kills()
            case .none: return
            }
            // The cgroup is gone: its file would seem ready for ever.
            if let count { kills = max(kills, count) } else { memory = nil }
        } catch { throw LifecycleError("\(error)") }
    }

    /// nil: the container ended over it.
    private func usage() throws(LifecycleError) -> ContainerEvent? {
        do throws(CgroupsError) { return .stats(id: id, document(try cgroup.statistics())) } catch {
            do throws(SyscallError) {
                if try process.hasEnded(by: .passed) { return nil }
            } catch let second { throw LifecycleError("\(error); \(second)") }
            throw LifecycleError("\(error)")
        }
    }
}
