internal import Kernel
internal import Launch
internal import Spec
internal import Store

extension Runtime {
    /// Lets a created container execute its program. Returns when it runs, and with $NOTIFY_SOCKET when it has told that it is ready;
    /// what failed after the gate is reported here.
    public func start(_ id: String) throws(LifecycleError) {
        guard let notification = try begin(try containerID(id)) else { return }
        try notification.awaited()
    }

    /// Start without waiting for more than the program's execution.
    func begin(_ id: ContainerID) throws(LifecycleError) -> Notification? {
        let directory = try open(id)
        try failing { () throws(StoreError) in try directory.lock(.exclusive) }
        let record = try failing { () throws(StoreError) in try directory.load() }
        switch try status(record, directory) {
        case .created: break
        case .stopped:
            let known = hasMetOOM(record) ? outOfMemory : try backend(of: record).failure(of: record)
            let reason = known.map { ": \($0)" } ?? ""
            throw LifecycleError("cannot start a container that has stopped\(reason)")
        case .running: throw LifecycleError("cannot start an already running container")
        case let other: throw LifecycleError("cannot start a container in the \(other.rawValue) state")
        }
        let notification = try notification(of: record)
        try pass(record, directory)
        try runPoststart(record)
        return notification
    }

    /// Opens the gate and waits for the init's words, and the silence of execve.
    func pass(_ record: Record, _ directory: borrowing StateDirectory) throws(LifecycleError) {
        var words: [UInt8] = []
        do throws(SyscallError) {
            let report = try Kernel.open(Gate.report, beneath: directory.descriptor, [.readOnly, .nonBlocking])
            let gate = try Kernel.open(Gate.name, beneath: directory.descriptor, [.writeOnly, .nonBlocking])
            try write([1], to: gate)
            while true {
                // All that can be long here are the container's own hooks, which have deadlines of their own.
                _ = try poll([Watch(report, .readable)])
                let some = try read(report, count: Gate.reportLimit)
                if some.isEmpty { break }
                words += some
            }
            // execve(2) closes the one, then the other: until both are closed the container would still look created.
            _ = try poll([Watch(gate, [])], until: .after(.seconds(1)))
        } catch { throw LifecycleError("start gate: \(error)") }
        if let failure = try backend(of: record).lateFailure(words, record) {
            try awaitEnd(record)
            throw failure
        }
    }

    /// Whoever is told of the failure may delete the container at once: docker does, and leaves one that is not over. All that the init
    /// has left to do is to end, with its virtual machine if it has one.
    private func awaitEnd(_ record: Record) throws(LifecycleError) {
        do throws(SyscallError) {
            try ignoring(.noProcess) { () throws(SyscallError) in
                _ = try record.identity.open().hasEnded(by: .after(.seconds(20)))
            }
        } catch { throw LifecycleError("wait for the container's end: \(error)") }
    }

    /// A poststart hook that fails stops the container (runtime-spec 1.3, runtime.md, step 9).
    func runPoststart(_ record: Record) throws(LifecycleError) {
        guard !record.poststart.isEmpty else { return }
        do throws(LaunchError) {
            try runHooks(record.poststart, "poststart", hookState(record, .running))
        } catch {
            do throws(SyscallError) {
                try ignoring(.noProcess) { () throws(SyscallError) in try record.identity.open().send(.kill) }
            } catch let second { throw LifecycleError("\(error); and the container could not be killed: \(second)") }
            throw LifecycleError("\(error)")
        }
    }
}

/// What hooks, and whoever asks, are told of a container.
func hookState(_ record: Record, _ status: Status) -> State {
    var state = State()
    state.id = record.id
    state.status = status
    state.pid = status == .stopped ? 0 : record.identity.pid
    state.bundle = record.bundle
    state.annotations = record.annotations
    return state
}
