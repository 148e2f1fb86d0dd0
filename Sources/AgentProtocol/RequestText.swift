internal import JSON

extension Request {
    /// The text of the message.
    public var text: [UInt8] {
        switch self {
        case .configure(let settings):
            message(
                "configure",
                .object([
                    .init("clock", Value(settings.clock)), .init("hostname", .string(settings.hostname)),
                    .init("shareTag", .string(settings.shareTag)),
                ]))
        case .setNetwork(let value): message("setNetwork", value)
        case .setSysctls(let members): message("setSysctls", .object(members))
        case .create(let order): message("create", order.value)
        case .exec(let order): message("exec", order.value)
        case .start(let id): message("start", of(id))
        case .kill(let id, let signal, let extent):
            message("kill", of(id, .init("signal", Value(signal)), .init("extent", .string(extent.rawValue))))
        case .delete(let id, let isForced): message("delete", of(id, .init("force", .bool(isForced))))
        case .pause(let id): message("pause", of(id))
        case .resume(let id): message("resume", of(id))
        case .update(let id, let resources): message("update", of(id, .init("resources", resources)))
        case .processes(let id): message("processes", of(id))
        case .processTable(let id): message("processTable", of(id))
        case .statistics(let id): message("statistics", of(id))
        case .state(let id): message("state", of(id))
        case .watch(let id): message("watch", of(id))
        case .setClock(let nanoseconds): message("setClock", .object([.init("clock", Value(nanoseconds))]))
        case .shutDown: message("shutDown", .object([]))
        }
    }

    /// Reads the text of a message.
    public init(_ text: [UInt8]) throws(ProtocolError) {
        self = try read(text) { (kind, body) throws(JSONError) in try Request(kind, body) }
    }

    private init?(_ kind: String, _ body: Reader) throws(JSONError) {
        switch kind {
        case "configure": self = .configure(try GuestSettings(body))
        case "setNetwork":
            _ = try body.members()
            self = .setNetwork(body.value)
        case "setSysctls":
            self = .setSysctls(
                try body.members().map { (key, reader) throws(JSONError) in .init(key, .string(try reader.string())) })
        case "create": self = .create(try CreateOrder(body))
        case "exec": self = .exec(try ExecOrder(body))
        case "start": self = .start(id: try body.onlyID())
        case "kill":
            try body.only("id", "signal", "extent")
            self = .kill(
                id: try body.id(), signal: try body.required("signal").integer(in: 0...64),
                try body.required("extent").choice(of: KillExtent.self))
        case "delete":
            try body.only("id", "force")
            self = .delete(id: try body.id(), isForced: try body.required("force").bool())
        case "pause": self = .pause(id: try body.onlyID())
        case "resume": self = .resume(id: try body.onlyID())
        case "update":
            try body.only("id", "resources")
            self = .update(id: try body.id(), resources: try body.required("resources").object())
        case "processes": self = .processes(id: try body.onlyID())
        case "processTable": self = .processTable(id: try body.onlyID())
        case "statistics": self = .statistics(id: try body.onlyID())
        case "state": self = .state(id: try body.onlyID())
        case "watch": self = .watch(id: try body.onlyID())
        case "setClock":
            try body.only("clock")
            self = .setClock(nanoseconds: try body.required("clock").integer(in: 0...Int64.max))
        case "shutDown":
            try body.only()
            self = .shutDown
        default: return nil
        }
    }
}

extension GuestSettings {
    fileprivate init(_ body: Reader) throws(JSONError) {
        try body.only("clock", "hostname", "shareTag")
        clock = try body.required("clock").integer(in: 0...Int64.max)
        hostname = try body.required("hostname").string()
        shareTag = try body.required("shareTag").string()
        // __NEW_UTS_LEN of the kernel, and the longest tag of a virtiofs device.
        guard hostname.utf8.count <= 64 else { throw body.fault(at: "hostname", "is longer than 64 bytes") }
        guard shareTag.utf8.count <= 36 else { throw body.fault(at: "shareTag", "is longer than 36 bytes") }
    }
}

extension CreateOrder {
    fileprivate var value: Value {
        .object([
            .init("id", .string(id)), .init("config", config), .init("joins", Value(joins)), .init("sandbox", .string(sandbox)),
            .init("streams", AgentProtocol.value(streams)), .init("terminal", .bool(hasTerminal)),
            .init("readiness", .bool(tellsReadiness)),
        ])
    }

    fileprivate init(_ body: Reader) throws(JSONError) {
        try body.only("id", "config", "joins", "sandbox", "streams", "terminal", "readiness")
        id = try body.id()
        config = try body.required("config").object()
        joins = try body.required("joins").strings()
        sandbox = try body.required("sandbox").string()
        streams = try body.required("streams").streams()
        hasTerminal = try body.required("terminal").bool()
        tellsReadiness = try body.required("readiness").bool()
        if !joins.isEmpty && sandbox.isEmpty { throw body.fault(at: "sandbox", "is required with joins") }
        try body.check(streams, hasTerminal)
    }
}

extension ExecOrder {
    fileprivate var value: Value {
        .object([
            .init("id", .string(id)), .init("process", process), .init("streams", AgentProtocol.value(streams)),
            .init("terminal", .bool(hasTerminal)), .init("cgroup", .string(cgroup)), .init("mayBePaused", .bool(mayBePaused)),
        ])
    }

    fileprivate init(_ body: Reader) throws(JSONError) {
        try body.only("id", "process", "streams", "terminal", "cgroup", "mayBePaused")
        id = try body.id()
        process = try body.required("process").object()
        streams = try body.required("streams").streams()
        hasTerminal = try body.required("terminal").bool()
        cgroup = try body.required("cgroup").string()
        mayBePaused = try body.required("mayBePaused").bool()
        try body.check(streams, hasTerminal)
    }
}

private func of(_ id: String, _ more: Value.Member...) -> Value { .object([.init("id", .string(id))] + more) }

private func value(_ streams: [StandardStream]) -> Value { Value(streams.map { "\($0)" }) }

extension Reader {
    fileprivate func id() throws(JSONError) -> String { try required("id").name() }

    fileprivate func onlyID() throws(JSONError) -> String {
        try only("id")
        return try id()
    }

    fileprivate func object() throws(JSONError) -> Value {
        guard case .object = value else { throw mustBe("an object") }
        return value
    }

    fileprivate func streams() throws(JSONError) -> [StandardStream] {
        var streams: [StandardStream] = []
        for element in try elements() {
            let stream = try element.choice([("input", StandardStream.input), ("output", .output), ("errors", .errors)])
            guard !streams.contains(stream) else { throw element.fault("is there twice") }
            streams.append(stream)
        }
        return streams
    }

    fileprivate func check(_ streams: [StandardStream], _ hasTerminal: Bool) throws(JSONError) {
        if hasTerminal && streams.contains(.errors) { throw fault(at: "streams", "a terminal has input and output") }
    }
}
