internal import JSON
internal import Kernel
internal import Spec
internal import Store

extension Runtime {
    /// Runs a process in a container that is created or running.
    ///
    /// Returns the exit code: the process's status in the foreground (128+n for signal n), 0 when detached.
    public func exec(_ request: ExecRequest) throws(LifecycleError) -> Int32 {
        // Before anything is opened here, which would take their numbers.
        try checkDescriptors(request.preservedDescriptors)
        let directory = try open(try containerID(request.id))
        let record = try failing { () throws(StoreError) in try directory.load() }
        switch try status(record, directory) {
        case .stopped: throw LifecycleError("cannot exec in a stopped container")
        case .paused where request.paused == .refused:
            throw LifecycleError("cannot exec in a paused container (use --ignore-paused to override)")
        default: break
        }
        let config = try storedConfig(directory)
        let process = try request.program.process(from: config.process ?? Process())
        try checkTerminal(process.hasTerminal, request.attachment)
        let receivers = try Receivers(request.attachment, pidfdSocket: request.pidfdSocket)
        switch request.attachment {
        case .detached:
            try runDetached(try join(record, config, process, request, receivers), request)
            return 0
        case .foreground:
            // Before there is a child: none of its signals may be missed.
            let foreground = try failing { () throws(SyscallError) in try Foreground() }
            do throws(LifecycleError) {
                var parked = try join(record, config, process, request, receivers)
                try foreground.fit(parked.terminal)
                try execute(parked, request)
                let status = try foreground.accompany(parked.pidfd, terminal: parked.terminal.take())
                if let failure = try backend(of: record).failure(of: record) { throw LifecycleError(failure) }
                try foreground.restore()
                return status.shellCode
            } catch {
                try foreground.restore()
                throw error
            }
        }
    }

    private func runDetached(_ parked: consuming Parked, _ request: ExecRequest) throws(LifecycleError) {
        try execute(parked, request)
    }

    /// Lets it go, and waits until its program runs.
    private func execute(_ parked: borrowing Parked, _ request: ExecRequest) throws(LifecycleError) {
        do throws(LifecycleError) {
            try parked.conversation.letGo()
            try parked.conversation.execution()
        } catch {
            // It has ended by itself, and its pid is nobody's.
            try failing { () throws(SyscallError) in
                _ = try parked.pidfd.wait()
                if let file = request.pidFile { try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(file) } }
            }
            throw error
        }
    }

    private func join(
        _ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest, _ receivers: borrowing Receivers
    ) throws(LifecycleError) -> Parked {
        let parked = try backend(of: record).join(record, config, process, request)
        do throws(LifecycleError) {
            try announce(parked, receivers, pidFile: request.pidFile, name: "setns")
        } catch {
            try failing { () throws(SyscallError) in try parked.kill() }
            throw error
        }
        return parked
    }

    /// The configuration as it was at create: later edits of the bundle do not matter (runtime-spec runtime.md, step 2).
    func storedConfig(_ directory: borrowing StateDirectory) throws(LifecycleError) -> Config {
        let bytes: [UInt8]
        do throws(SyscallError) {
            bytes = try readAll(
                Kernel.open(storedConfigName, beneath: directory.descriptor, .readOnly), limit: Limits.document.bytes,
                subject: storedConfigName)
        } catch { throw LifecycleError("the container's stored configuration: \(error)") }
        return try failing { () throws(SpecError) in try Config(bytes: bytes) }
    }
}

/// The name of the copy of config.json in the state directory.
let storedConfigName = "config.json"
