internal import Cgroups
internal import Kernel
internal import Launch
internal import Spec
internal import Store

extension Runtime {
    public enum Force: Hashable, Sendable { case no, yes }

    /// Removes what is left of a stopped container, or kills and removes one that was never started; by force any.
    ///
    /// Returns what poststop hooks failed: no reason to keep the container (runtime-spec runtime.md, step 13).
    @discardableResult
    public func delete(_ id: String, _ force: Force) throws(LifecycleError) -> [String] {
        let id = try containerID(id)
        guard let directory = try locked(id, force) else { return [] }
        let record: Record
        do throws(StoreError) { record = try directory.load() } catch {
            guard case .missing = error else { throw LifecycleError("\(error)") }
            let complaints = try takeBack(directory)
            if force == .yes { return complaints }
            throw LifecycleError("\(error)")
        }
        switch try status(record, directory) {
        case .stopped: break
        case .created, .creating: try end(record)
        case let other:
            if force == .no {
                throw LifecycleError("cannot delete container \(id.text) that is not stopped: \(other.rawValue)")
            }
            try end(record)
        }
        return try remove(record, directory)
    }

    /// nil by force for a container that is not there.
    private func locked(_ id: ContainerID, _ force: Force) throws(LifecycleError) -> StateDirectory? {
        do throws(StoreError) {
            let directory = try store.open(id)
            if force == .yes { try seize(directory) } else { try directory.lock(.exclusive) }
            return directory
        } catch {
            if case .missing = error, force == .yes { return nil }
            throw LifecycleError("\(error)")
        }
    }

    /// Takes the lock of a container that is to go in any case. Who has it, a create or a start, may be waiting for a hook in the
    /// container that never ends: until the lock is free, the container's processes are killed.
    private func seize(_ directory: borrowing StateDirectory) throws(StoreError) {
        while true {
            do throws(StoreError) { return try directory.lock(.exclusive, .refuses) } catch {
                guard case .refused(_, let refusal) = error, refusal.errno == .tryAgain else { throw error }
            }
            do throws(SyscallError) { _ = try poll([], until: .after(.milliseconds(10))) } catch {
                throw .refused("wait for the lock", error)
            }
            do throws(LifecycleError) { try killProcesses(directory) } catch {
                // What is being made or removed just now may be missing; the lock tells when that is over.
                continue
            }
        }
    }

    private func killProcesses(_ directory: borrowing StateDirectory) throws(LifecycleError) {
        let claimed = try failing { () throws(StoreError) in try directory.load(.claimed) }
        if let claimed { return try killAll(claimed) }
        try killAll(failing { () throws(StoreError) in try directory.load() })
    }

    /// What a create that was killed has left.
    private func takeBack(_ directory: borrowing StateDirectory) throws(LifecycleError) -> [String] {
        if let claimed = try failing({ () throws(StoreError) in try directory.load(.claimed) }) {
            try killAll(claimed)
            return try remove(claimed, directory)
        }
        let intended = try failing { () throws(StoreError) in try directory.load(.intended) }
        let complaints: [String] = if let intended { try removeUnused(intended) } else { [] }
        try failing { () throws(StoreError) in try directory.remove() }
        return complaints
    }

    /// A cgroup with somebody in it is not the one that was to be made.
    private func removeUnused(_ record: Record) throws(LifecycleError) -> [String] {
        guard !record.cgroupPath.isEmpty else { return [] }
        let isUsed = try failing { () throws(CgroupsError) in
            guard let cgroup = try Cgroup.open(placement(record.cgroupPath)) else { return false }
            return try !cgroup.processes(.withDescendants).isEmpty
        }
        return isUsed ? [] : try removeCgroup(record)
    }

    /// Returns what could not be done yet, and will be without us.
    private func removeCgroup(_ record: Record) throws(LifecycleError) -> [String] {
        let place = placement(record.cgroupPath)
        switch try stopUnit(of: record) {
        case .gone: try failing { () throws(CgroupsError) in try Cgroup.remove(place) }
        case .shared: break
        case .left(let reason):
            do throws(CgroupsError) { try Cgroup.abandon(place) } catch { throw LifecycleError("\(reason); and \(error)") }
            return [reason]
        }
        return []
    }

    /// Kills the init and waits for its end.
    private func end(_ record: Record) throws(LifecycleError) {
        let hasEnded: Bool
        do throws(SyscallError) {
            let process = try record.identity.open()
            try ignoring(.noProcess) { () throws(SyscallError) in try process.send(.kill) }
            hasEnded = try process.hasEnded(by: .after(.seconds(10)))
        } catch {
            // Gone already.
            if error.errno == .noProcess { return }
            throw LifecycleError("\(error)")
        }
        if !hasEnded { throw LifecycleError("container init still running") }
    }

    /// Processes, cgroup, directory; the hooks when nothing is left.
    func remove(_ record: Record, _ directory: borrowing StateDirectory) throws(LifecycleError) -> [String] {
        var complaints: [String] = []
        if !record.cgroupPath.isEmpty {
            if !record.hasOwnPIDNamespace { try killAll(record) }
            complaints = try removeCgroup(record)
        }
        complaints += try backend(of: record).clear(record)
        try failing { () throws(StoreError) in try directory.remove() }
        return complaints + runHooksRegardless(record.poststop, "poststop", hookState(record, .stopped))
    }
}
