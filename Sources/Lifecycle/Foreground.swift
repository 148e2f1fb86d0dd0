internal import Kernel

/// The caller's side of a container in the foreground: its signals, and its terminal if the container has one.
struct Foreground: ~Copyable {
    private let signals: SignalFD
    private let previous: SignalSet
    private let input: OwnedFD
    private let output: OwnedFD

    /// Takes all signals from here on.
    init() throws(SyscallError) {
        let input = try OwnedFD(duplicating: 0)
        let output = try OwnedFD(duplicating: 1)
        let signals = try SignalFD(.all)
        self.previous = try block(.all)
        self.signals = signals
        self.input = input
        self.output = output
    }

    /// Gives a terminal of the container the size of ours: before its program runs, which may ask for it at once.
    func fit(_ terminal: borrowing OwnedFD?) throws(LifecycleError) {
        switch terminal {
        case .none: return
        case .some(let master):
            guard isTerminal(input.raw) else { return }
            do throws(SyscallError) { try setWindowSize(of: master, windowSize(of: input)) } catch {
                throw LifecycleError("set the size of the terminal: \(error)")
            }
        }
    }

    /// Waits for the container's end; until then its signals are those sent to us, its terminal is ours, and our manager hears of its
    /// readiness.
    func accompany(
        _ process: borrowing PidFD, terminal: consuming OwnedFD?, _ notification: consuming Notification? = nil
    ) throws(LifecycleError) -> ExitStatus {
        do throws(SyscallError) {
            guard let master = terminal else { return try forwardSignals(to: process, &notification) }
            // A caller without a terminal has no modes to change.
            guard isTerminal(input.raw) else { return try relay(master, of: process, &notification) }
            let attributes = try TerminalAttributes(of: input)
            try attributes.raw().apply(to: input)
            let status: ExitStatus
            do throws(SyscallError) { status = try relay(master, of: process, &notification) } catch {
                try attributes.apply(to: input)
                throw error
            }
            try attributes.apply(to: input)
            return status
        } catch { throw LifecycleError("stay with the container: \(error)") }
    }

    func restore() throws(LifecycleError) {
        do throws(SyscallError) { _ = try setBlocked(previous) } catch { throw LifecycleError("\(error)") }
    }

    private func forwardSignals(to process: borrowing PidFD, _ notification: inout Notification?) throws(SyscallError) -> ExitStatus {
        while true {
            let ready =
                try poll(
                    [Watch(process.descriptor, .readable), Watch(signals.descriptor, .readable)] + watches(notification)) ?? []
            // First, as it may have been the last that the program did.
            try passOn(&notification)
            if ready.first?.isEmpty == false { return try process.wait() }
            while let signal = try signals.next() { try forward(signal, to: process) }
        }
    }

    /// What only concerns the runtime itself is not passed on.
    private func forward(_ signal: Signal, to process: borrowing PidFD) throws(SyscallError) {
        if signal == .childEnded || signal == .urgent || signal == .windowChanged || signal == .brokenPipe { return }
        try ignoring(.noProcess) { () throws(SyscallError) in try process.send(signal) }
    }

    private func watches(_ notification: borrowing Notification?) -> [Watch] {
        switch notification {
        case .none: []
        case .some(let notification): [notification.watch]
        }
    }

    /// Only the first word of readiness is news.
    private func passOn(_ notification: inout Notification?) throws(SyscallError) {
        guard let waiting = notification.take() else { return }
        if try !waiting.passedOn() { notification = consume waiting }
    }

    private func relay(
        _ master: borrowing OwnedFD, of process: borrowing PidFD, _ notification: inout Notification?
    ) throws(SyscallError) -> ExitStatus {
        try setBlocking(master, .refuses)
        var pending: [UInt8] = []
        var hasInput = true
        var hasOutput = true
        while true {
            // Nothing more is read from the caller until the container has taken what was.
            let ready =
                try poll(
                    [
                        Watch(process.descriptor, .readable), Watch(signals.descriptor, .readable),
                        Watch(input, hasInput && pending.isEmpty ? .readable : []),
                        Watch(master, (hasOutput ? Readiness.readable : []).union(pending.isEmpty ? [] : .writable)),
                    ] + watches(notification)) ?? [[], [], [], []]
            try passOn(&notification)
            while let signal = try signals.next() {
                if signal == .windowChanged && isTerminal(input.raw) {
                    try setWindowSize(of: master, windowSize(of: input))
                } else {
                    try forward(signal, to: process)
                }
            }
            if hasInput && pending.isEmpty && !ready[2].isEmpty {
                pending = try read(input, count: 4096)
                // The end of the caller's input is told as a terminal tells it.
                if pending.isEmpty {
                    hasInput = false
                    if !isTerminal(input.raw) { pending = [4] }
                }
            }
            if !pending.isEmpty { try pass(&pending, to: master) }
            if hasOutput && !ready[3].isEmpty { hasOutput = try copy(from: master) }
            if !ready[0].isEmpty {
                while hasOutput { hasOutput = try copy(from: master) }
                return try process.wait()
            }
        }
    }

    private func pass(_ pending: inout [UInt8], to master: borrowing OwnedFD) throws(SyscallError) {
        do throws(SyscallError) {
            pending.removeFirst(try writeSome(pending[...], to: master))
        } catch {
            // Full: later. Closed by everyone: there is nobody to read it.
            guard error.errno == .tryAgain || error.errno == .ioError else { throw error }
            if error.errno == .ioError { pending = [] }
        }
    }

    /// False when there is nothing left: EIO says that every slave is closed.
    private func copy(from master: borrowing OwnedFD) throws(SyscallError) -> Bool {
        let bytes: [UInt8]
        do throws(SyscallError) { bytes = try read(master, count: 65536) } catch {
            guard error.errno == .tryAgain || error.errno == .ioError else { throw error }
            return false
        }
        if bytes.isEmpty { return false }
        try write(bytes, to: output)
        return true
    }
}
