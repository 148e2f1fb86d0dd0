internal import Kernel

/// What the program says: standard output, standard error and the log.
struct Output: ~Copyable {
    enum Detail {
        case errors
        /// Warnings and the plan, too.
        case everything
    }

    private let log: OwnedFD?
    private let format: LogFormat
    private let detail: Detail

    /// `log` nil: records are for standard error, and made only in JSON.
    init(log: consuming OwnedFD?, _ format: LogFormat, _ detail: Detail) {
        self.log = log
        self.format = format
        self.detail = detail
    }

    var isDetailed: Bool { detail == .everything }

    /// To standard output.
    func print(_ text: String) throws(Failure) {
        do {
            try write(text, to: .output)
        } catch {
            throw Failure(error)
        }
    }

    /// A line for the person at the terminal, not the log.
    func note(_ message: String) {
        writeError("swiftrun: \(message)\n")
    }

    /// Why the program fails. One record of level error in the log, and no other unless --debug was given: podman takes the
    /// whole log for one JSON value, containerd looks for the last error in it. Standard error carries it, too: conmon and
    /// containerd's `kill` read it there.
    func fail(_ failure: Failure) {
        if !record(.error, failure.description) || log != nil { note(failure.description) }
    }

    /// What went wrong without being a failure, such as a poststop hook (runtime-spec runtime.md, step 13): to standard error, and
    /// with --debug to the log, which else holds errors only.
    func complain(_ message: String) {
        if !isDetailed || !record(.warning, message) || log != nil { note("warning: \(message)") }
    }

    /// Only with --debug.
    func warn(_ message: String) {
        if isDetailed && !record(.warning, message) { note("warning: \(message)") }
    }

    /// Only with --debug.
    func debug(_ message: String) {
        if isDetailed && !record(.debug, message) { note("debug: \(message)") }
    }

    /// False: neither log nor format ask for records.
    private func record(_ level: LogFormat.Level, _ message: String) -> Bool {
        guard log != nil || format == .json else { return false }
        let line = format.line(level, message, at: .now())
        guard log != nil else {
            writeError(line)
            return true
        }
        do {
            try append(line)
        } catch {
            note("log: \(error)")
        }
        return true
    }

    private func append(_ line: String) throws(SyscallError) {
        switch log {
        case .some(let log): try write(line, to: log)
        case .none: break
        }
    }

    private func writeError(_ text: String) {
        do {
            try write(text, to: .error)
        } catch {
            // There is nowhere left to say it. The exit code does.
            return
        }
    }
}
