internal import JSON

extension Answer {
    /// The text of the message.
    public var text: [UInt8] {
        switch self {
        case .done(let value): message("done", value)
        case .failed(let sentence): message("failed", .string(sentence))
        }
    }

    /// Reads the text of a message. An error's text is as long as people read, and may have control characters: who shows it escapes them,
    /// as those of every error.
    public init(_ text: [UInt8]) throws(ProtocolError) {
        self = try read(text) { (kind, body) throws(JSONError) in
            switch kind {
            case "done": return .done(body.value)
            case "failed": return .failed(String(try body.string().unicodeScalars.prefix(16384)))
            default: return nil
            }
        }
    }
}

extension Notice {
    /// The text of the message.
    public var text: [UInt8] {
        switch self {
        case .exited(let end, let nanoseconds, let wasOutOfMemory):
            let how: Value.Member =
                switch end {
                case .code(let code): .init("code", Value(code))
                case .signal(let signal): .init("signal", Value(signal))
                }
            return message(
                "exited", .object([how, .init("time", Value(nanoseconds)), .init("outOfMemory", .bool(wasOutOfMemory))]))
        case .ready: return message("ready", .object([]))
        case .outOfMemory: return message("outOfMemory", .object([]))
        }
    }

    /// Reads the text of a message.
    public init(_ text: [UInt8]) throws(ProtocolError) {
        self = try read(text) { (kind, body) throws(JSONError) in
            switch kind {
            case "exited": return try Notice(exited: body)
            case "ready":
                try body.only()
                return .ready
            case "outOfMemory":
                try body.only()
                return .outOfMemory
            default: return nil
            }
        }
    }

    private init(exited body: Reader) throws(JSONError) {
        try body.only("code", "signal", "time", "outOfMemory")
        let end: End
        switch (try body.member("code"), try body.member("signal")) {
        case (.some(let code), .none): end = .code(try code.integer(in: 0...255))
        case (.none, .some(let signal)):
            let number = try signal.integer(in: 1...Int32(64))
            guard !harmlessSignals.contains(number) else { throw signal.mustBe("a signal that ends a process") }
            end = .signal(number)
        default: throw body.fault("must have a code or a signal")
        }
        self = .exited(
            end, nanoseconds: try body.required("time").integer(in: 0...Int64.max),
            wasOutOfMemory: try body.required("outOfMemory").bool())
    }
}

/// Those that by themselves stop a process or do nothing: who stands for one ends by the signal that it is told (signal(7)).
private let harmlessSignals: Set<Int32> = [17, 18, 19, 20, 21, 22, 23, 28]

extension Instruction {
    /// The text of the message.
    public var text: [UInt8] {
        switch self {
        case .signal(let signal): message("signal", Value(signal))
        case .resize(let rows, let columns):
            message("resize", .object([.init("rows", Value(rows)), .init("columns", Value(columns))]))
        case .abandon(let stream): message("abandon", .string("\(stream)"))
        }
    }

    /// Reads the text of a message.
    public init(_ text: [UInt8]) throws(ProtocolError) {
        self = try read(text) { (kind, body) throws(JSONError) in
            switch kind {
            case "signal": return .signal(try body.integer(in: 1...64))
            case "resize":
                try body.only("rows", "columns")
                return .resize(
                    rows: try body.required("rows").integer(), columns: try body.required("columns").integer())
            case "abandon": return .abandon(try body.choice([("output", StandardStream.output), ("errors", .errors)]))
            default: return nil
            }
        }
    }
}
