public import Kernel

/// Why systemd did not do what it was to do for a container.
public enum SystemdError: Error, Hashable, Sendable {
    /// The member of config.json at `path` cannot be honoured.
    case config(path: String, problem: String)
    /// There is no bus to speak with systemd on.
    case noBus(String)
    /// What the kernel refused of the bus's socket, while `step` was being done.
    case refused(step: String, SyscallError)
    /// What was heard on the bus makes no sense, or the bus hung up.
    case unintelligible(String)
    /// The answer to a call was an error.
    case answered(call: String, error: String, text: String)
    /// A job came to another end than `done`.
    case job(String, result: String)
    /// Something did not happen in time; `awaited` says what, and of which unit and job.
    case timedOut(awaited: String, Duration)
}

extension SystemdError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .config(let path, let problem): "config.json: \(path): \(problem)"
        case .noBus(let reason): "systemd: \(reason)"
        case .refused(let step, let error): "systemd: \(step): \(error)"
        case .unintelligible(let problem): "systemd: \(problem)"
        case .answered(let call, let error, let text): "systemd: \(call): \(text) (\(error))\(advice(error))"
        case .job(let job, let result): "systemd: \(job) ended as \"\(result)\""
        case .timedOut(let awaited, let limit): "systemd: \(awaited) within \(limit)"
        }
    }
}

/// What an error that users do not understand means to them.
private func advice(_ error: String) -> String {
    switch error {
    case "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "org.freedesktop.DBus.Error.AccessDenied":
        ": the system's systemd makes units for root only; a user's own is asked with --rootless=true"
    case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
        ": no systemd listens on this bus"
    default: ""
    }
}

/// Somebody else's words, fit for a line of ours.
func quotable(_ text: String) -> String {
    let limit = 300
    let printable = text.unicodeScalars.prefix(limit).map { $0.properties.generalCategory == .control ? " " : Character($0) }
    return String(printable) + (text.unicodeScalars.count > limit ? "…" : "")
}
