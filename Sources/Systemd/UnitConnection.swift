internal import Kernel

/// A conversation with systemd about one unit. Every wait in it ends, and its end names the unit and what was waited for.
public struct UnitConnection: ~Copyable, Sendable {
    public let unit: UnitName
    /// Such as 252; 0 where it cannot be told.
    public private(set) var version = 0
    /// The cgroup below which this systemd has its units, without a slash at the end.
    public private(set) var root = ""
    let patience: Patience
    private var bus: BusConnection
    private var replies: [UInt32: BusMessage] = [:]
    private var ends: [JobEnd] = []
    /// The name on the bus that answers for systemd.
    private var owner = ""

    /// A job that systemd has told the end of.
    private struct JobEnd {
        let path: String
        let result: String
    }

    static let service = "org.freedesktop.systemd1"
    static let object = "/org/freedesktop/systemd1"
    static let interface = "org.freedesktop.systemd1.Manager"

    public static func open(
        _ unit: UnitName, of instance: Instance, at address: BusAddress? = nil, _ patience: Patience = .usual
    ) throws(SystemdError) -> UnitConnection {
        let place: BusAddress
        if let address { place = address } else { place = try .of(instance) }
        let deadline = Deadline.after(patience.call)
        guard let bus = try BusConnection.open(place, until: deadline) else {
            throw .timedOut(awaited: "unit \(unit.text): the bus at \(place.path) did not take a connection", patience.call)
        }
        var connection = UnitConnection(unit, bus, patience)
        try connection.introduce(deadline)
        return connection
    }

    private init(_ unit: UnitName, _ bus: consuming BusConnection, _ patience: Patience) {
        self.unit = unit
        self.bus = bus
        self.patience = patience
    }

    /// All that comes before the first request in one go: each round trip through a busy bus takes its time.
    private mutating func introduce(_ deadline: Deadline) throws(SystemdError) {
        let calls: [BusMessage] = [
            toBus("Hello"),
            // Only of this unit: with the jobs of a hundred others nobody here has to be woken.
            toBus("AddMatch", [.string(
                "type='signal',sender='\(Self.service)',path='\(Self.object)',interface='\(Self.interface)',"
                    + "member='JobRemoved',arg2='\(unit.text)'")]),
            request("Subscribe"),
            property("Version", of: Self.object, Self.interface),
            property("ControlGroup", of: Self.object, Self.interface),
        ]
        var answers: [BusMessage] = []
        var serials: [UInt32] = []
        for call in calls { serials.append(try post(call, deadline)) }
        for (call, serial) in zip(calls, serials) { answers.append(try answer(to: call, serial, deadline)) }
        for index in [0, 1, 3, 4] { _ = try Self.accepted(answers[index], call: name(calls[index])) }
        // Who has subscribed already is served as well.
        if answers[2].kind == .error, answers[2].errorName != "org.freedesktop.systemd1.AlreadySubscribed" {
            _ = try Self.accepted(answers[2], call: name(calls[2]))
        }
        owner = answers[3].sender ?? ""
        version = versionNumber(variantText(answers[3]) ?? "")
        root = variantText(answers[4]) ?? ""
        while root.hasSuffix("/") { root.removeLast() }
    }

    func toBus(_ member: String, _ body: [BusValue] = []) -> BusMessage {
        .call(member, body, to: "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    }

    func request(_ member: String, _ body: [BusValue] = []) -> BusMessage {
        .call(member, body, to: Self.service, Self.object, Self.interface)
    }

    func property(_ name: String, of path: String, _ interface: String) -> BusMessage {
        .call("Get", [.string(interface), .string(name)], to: Self.service, path, "org.freedesktop.DBus.Properties")
    }

    private func name(_ call: BusMessage) -> String {
        let member = call.member ?? ""
        guard member == "Get", let property = call.body.last?.text else { return "\(member) (unit \(unit.text))" }
        return "\(member) \(property) (unit \(unit.text))"
    }

    /// Makes a call and waits for the answer, which may be an error.
    mutating func ask(_ call: BusMessage, within limit: Duration? = nil) throws(SystemdError) -> BusMessage {
        let deadline = Deadline.after(limit ?? patience.call)
        return try answer(to: call, try post(call, deadline), deadline)
    }

    /// What was answered, or the error that was.
    static func accepted(_ answer: BusMessage, call: String) throws(SystemdError) -> BusMessage {
        guard answer.kind == .error else { return answer }
        throw .answered(
            call: call, error: quotable(answer.errorName ?? "an error without a name"),
            text: quotable(answer.body.first?.text ?? "refused"))
    }

    mutating func accepted(_ call: BusMessage) throws(SystemdError) -> BusMessage {
        try Self.accepted(try ask(call), call: name(call))
    }

    private mutating func post(_ call: BusMessage, _ deadline: Deadline) throws(SystemdError) -> UInt32 {
        guard let serial = try bus.send(call, until: deadline) else { throw late("the bus did not take \(call.member ?? "")") }
        return serial
    }

    private mutating func answer(to call: BusMessage, _ serial: UInt32, _ deadline: Deadline) throws(SystemdError) -> BusMessage {
        while true {
            if let reply = replies.removeValue(forKey: serial) { return reply }
            guard let message = try bus.receive(until: deadline) else {
                let whom = call.destination == Self.service ? "systemd" : "the bus"
                throw late("\(whom) did not answer \(call.member ?? "")")
            }
            note(message)
        }
    }

    private func late(_ what: String) -> SystemdError { .timedOut(awaited: "unit \(unit.text): \(what)", patience.call) }

    /// Waits for the end of a job. nil: it did not come before the deadline.
    mutating func result(of job: String, until deadline: Deadline) throws(SystemdError) -> String? {
        while true {
            if let end = ends.first(where: { $0.path == job }) { return end.result }
            guard let message = try bus.receive(until: deadline) else { return nil }
            if message.kind == .signal, message.member == "JobRemoved", message.sender != owner { try identify(message.sender) }
            note(message)
        }
    }

    /// systemd has another name after it was executed anew; anybody else may send us signals too.
    private mutating func identify(_ sender: String?) throws(SystemdError) {
        let answer = try ask(toBus("GetNameOwner", [.string(Self.service)]))
        if let name = answer.body.first?.text, answer.kind == .reply, name == sender { owner = name }
    }

    private mutating func note(_ message: BusMessage) {
        // The bus lets only those answer who were asked; and of jobs there are few, as only those of one unit are told.
        if let serial = message.replySerial, message.kind == .reply || message.kind == .error {
            replies[serial] = message
        } else if message.kind == .signal, message.sender == owner, message.interface == Self.interface,
            message.member == "JobRemoved", message.body.count == 4, message.body[2].text == unit.text,
            let path = message.body[1].text, let result = message.body[3].text, ends.count < 64
        {
            ends.append(JobEnd(path: path, result: quotable(result)))
        }
    }
}

/// The text in a property.
private func variantText(_ message: BusMessage) -> String? {
    guard case .variant(let value)? = message.body.first else { return nil }
    return value.text
}

/// The first number of a version such as `252.38-1~deb12u1` or `v255`.
private func versionNumber(_ text: String) -> Int {
    Int(text.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }) ?? 0
}
