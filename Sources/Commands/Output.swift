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
        writeError("swiftrun: \(harmless(message))\n")
    }

    /// Why the program fails: one record of level error in the log, which never has another. podman takes the whole log for one
    /// JSON value, containerd looks for the last error in it. Standard error carries the same text: conmon and containerd's
    /// `kill` read it there, and podman shows it behind the runtime's name where an earlier call has left a record in the log.
    func fail(_ failure: Failure) {
        switch log {
        case .none: tell(.error, failure.description)
        case .some(let log):
            let message = harmless(failure.description)
            do {
                try write(format.line(.error, message, at: .now()), to: log)
            } catch {
                note("log: \(error)")
            }
            writeError("\(message)\n")
        }
    }

    /// What went wrong without being a failure, such as a poststop hook (runtime-spec runtime.md, step 13).
    func complain(_ message: String) { tell(.warning, message) }

    /// Only with --debug.
    func warn(_ message: String) {
        if isDetailed { tell(.warning, message) }
    }

    /// Only with --debug.
    func debug(_ message: String) {
        if isDetailed { tell(.debug, message) }
    }

    /// On standard error: as a record, if that is what is to stand there.
    private func tell(_ level: LogFormat.Level, _ message: String) {
        if !hasLog && format == .json {
            writeError(format.line(level, harmless(message), at: .now()))
        } else {
            note(level == .error ? message : "\(level.rawValue): \(message)")
        }
    }

    private var hasLog: Bool {
        switch log {
        case .some: true
        case .none: false
        }
    }

    private func writeError(_ text: String) {
        do {
            try write(text, to: .error, until: .after(.seconds(5)))
        } catch {
            // There is nowhere left to say it. The exit code does.
            return
        }
    }
}

/// The sentence on one line, its control characters escaped: an image's program or a mount's destination may be named by what a terminal
/// obeys, and whoever shows what is in a log need not think of that.
private func harmless(_ sentence: String) -> String {
    sentence.unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }.joined()
}
