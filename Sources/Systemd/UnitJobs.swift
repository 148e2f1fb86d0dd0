internal import Kernel

/// What came of a start.
public enum UnitStart: Hashable, Sendable {
    case made
    /// A slice that was there already.
    case found
}

extension UnitConnection {
    /// Starts the unit, and waits until it is.
    ///
    /// One of the same name that is there but dead, or without a process, is cleared away first. A slice that is there is as good as
    /// a new one.
    @discardableResult
    public mutating func start(_ properties: [UnitProperty]) throws(SystemdError) -> UnitStart {
        let call = request(
            "StartTransientUnit",
            [
                .string(unit.text), .string("replace"), .array(of: "(sv)", properties.map(\.wire)), .array(of: "(sa(sv))", []),
            ])
        // systemd would have an active slice without a file take on our properties, as if it were new.
        if unit.kind == .slice, try property("ActiveState") == "active" { return .found }
        var answer = try ask(call)
        if exists(answer) {
            if unit.kind == .slice { return .found }
            try resetFailed()
            answer = try ask(call)
        }
        if exists(answer), try isEmpty {
            try stop()
            answer = try ask(call)
        }
        let job = try job(answer, "StartTransientUnit")
        let result = try end(of: job, "start")
        guard result == "done" else {
            do throws(SystemdError) { try resetFailed() } catch {
                throw .job(title(job, "start"), result: "\(result); and its failure is not forgotten: \(error)")
            }
            throw .job(title(job, "start"), result: result)
        }
        return .made
    }

    /// Ends the unit and what is in it, waits until it is gone, and has no memory kept of a failure. One that is not there is no error.
    public mutating func stop() throws(SystemdError) {
        let answer = try ask(request("StopUnit", [.string(unit.text), .string("replace")]))
        if answer.kind == .error, isUnknown(answer) { return }
        let job = try job(answer, "StopUnit")
        let result = try end(of: job, "stop")
        // `canceled`: somebody stops it as well.
        guard ["done", "skipped", "canceled"].contains(result) else { throw .job(title(job, "stop"), result: result) }
        try resetFailed()
    }

    /// Changes properties of the unit for as long as it lives.
    public mutating func set(_ properties: [UnitProperty]) throws(SystemdError) {
        guard !properties.isEmpty else { return }
        _ = try accepted(
            request("SetUnitProperties", [.string(unit.text), .boolean(true), .array(of: "(sv)", properties.map(\.wire))]))
    }

    /// Has systemd forget that the unit failed. One that is not there is no error.
    public mutating func resetFailed() throws(SystemdError) {
        let answer = try ask(request("ResetFailedUnit", [.string(unit.text)]))
        if answer.kind == .error, isUnknown(answer) { return }
        _ = try Self.accepted(answer, call: "ResetFailedUnit (unit \(unit.text))")
    }

    /// A property of the unit that is a text, such as `Description`; nil: there is no such unit.
    public mutating func property(_ name: String) throws(SystemdError) -> String? {
        let found = try ask(request("GetUnit", [.string(unit.text)]))
        if found.kind == .error, isUnknown(found) { return nil }
        let call = "GetUnit (unit \(unit.text))"
        guard case .objectPath(let path)? = try Self.accepted(found, call: call).body.first else {
            throw .unintelligible("the answer to \(call) is no unit")
        }
        let answer = try ask(property(name, of: path, "org.freedesktop.systemd1.Unit"))
        if answer.kind == .error, isUnknown(answer) { return nil }
        guard case .variant(let value)? = try Self.accepted(answer, call: "Get \(name) (unit \(unit.text))").body.first else { return nil }
        return value.text
    }

    private func exists(_ answer: BusMessage) -> Bool { answer.errorName == "org.freedesktop.systemd1.UnitExists" }

    /// Whether systemd knows of no process in the unit: it missed the end of the last one when it could not listen.
    private var isEmpty: Bool {
        mutating get throws(SystemdError) {
            let answer = try ask(request("GetUnitProcesses", [.string(unit.text)]))
            guard answer.kind == .reply, case .array(_, let processes)? = answer.body.first else { return false }
            return processes.isEmpty
        }
    }

    private func isUnknown(_ answer: BusMessage) -> Bool {
        ["org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.DBus.Error.UnknownObject"].contains(answer.errorName ?? "")
    }

    private func job(_ answer: BusMessage, _ call: String) throws(SystemdError) -> String {
        let answer = try Self.accepted(answer, call: "\(call) (unit \(unit.text))")
        guard case .objectPath(let path)? = answer.body.first else {
            throw .unintelligible("the answer to \(call) (unit \(unit.text)) is no job")
        }
        return path
    }

    private mutating func end(of job: String, _ verb: String) throws(SystemdError) -> String {
        if let result = try result(of: job, until: .after(patience.job)) { return result }
        throw .timedOut(awaited: "\(title(job, verb)) was not done, \(try standing(of: job)),", patience.job)
    }

    private func title(_ job: String, _ verb: String) -> String {
        "job \(quotable(Path.lastComponent(job))) (\(verb) \(unit.text))"
    }

    /// What a job is at, for those who wonder why it takes so long.
    private mutating func standing(of job: String) throws(SystemdError) -> String {
        do throws(SystemdError) {
            let answer = try ask(property("State", of: job, "org.freedesktop.systemd1.Job"), within: patience.question)
            guard case .variant(let state)? = answer.body.first, let text = state.text else { return "unknown to systemd" }
            return text == "waiting" ? "still queued" : quotable(text)
        } catch {
            guard case .timedOut = error else { throw error }
            return "and systemd does not answer"
        }
    }
}
