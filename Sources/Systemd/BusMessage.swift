/// A message as it travels on the bus (D-Bus specification, "Message Protocol").
public struct BusMessage: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case call = 1
        case reply, error, signal
    }

    public var kind: Kind
    /// Given by whoever sends it, unique in his connection; never 0.
    public var serial: UInt32 = 0
    public var path: String?
    public var interface: String?
    public var member: String?
    public var errorName: String?
    public var replySerial: UInt32?
    public var destination: String?
    /// Written by the bus, who cannot be lied to.
    public var sender: String?
    public var body: [BusValue]

    public init(_ kind: Kind, _ body: [BusValue] = []) {
        self.kind = kind
        self.body = body
    }

    public static func call(
        _ member: String, _ body: [BusValue] = [], to destination: String, _ path: String, _ interface: String
    ) -> BusMessage {
        var message = BusMessage(.call, body)
        message.destination = destination
        message.path = path
        message.interface = interface
        message.member = member
        return message
    }
}

/// The bytes before the array of header fields, its length included.
private let fixedSize = 16

extension BusMessage {
    /// The wire form, little-endian.
    public var bytes: [UInt8] {
        var content = Encoder()
        for value in body { content.put(value) }
        var header = Encoder()
        header.put(UInt8(ascii: "l"))
        header.put(kind.rawValue)
        // Without NO_AUTO_START: a user's bus may just have been started, by our connection; it keeps calls until systemd is on it.
        header.put(UInt8(0))
        header.put(UInt8(1))
        header.put(UInt32(content.bytes.count))
        header.put(serial)
        header.put(.array(of: "(yv)", fields))
        header.pad(to: 8)
        return header.bytes + content.bytes
    }

    private var fields: [BusValue] {
        var fields: [BusValue] = []
        func add(_ code: UInt8, _ value: BusValue?) {
            if let value { fields.append(.structure([.byte(code), .variant(value)])) }
        }
        add(1, path.map { .objectPath($0) })
        add(2, interface.map { .string($0) })
        add(3, member.map { .string($0) })
        add(4, errorName.map { .string($0) })
        add(5, replySerial.map { .uint32($0) })
        add(6, destination.map { .string($0) })
        let signature = body.map(\.type).joined()
        if !signature.isEmpty { add(8, .signature(signature)) }
        return fields
    }

    /// How long the message is that begins with `bytes`; nil: they are too few to tell.
    static func size(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Int? {
        guard bytes.count >= fixedSize else { return nil }
        var decoder = Decoder(bytes.prefix(fixedSize), try order(bytes))
        _ = try decoder.number(UInt32.self)
        let body = Int(try decoder.number(UInt32.self))
        _ = try decoder.number(UInt32.self)
        let fields = Int(try decoder.number(UInt32.self))
        // "Message Format": 128 MiB and 64 MiB are the most there may be.
        guard body <= 128 << 20, fields <= 64 << 20 else { throw Malformed("is longer than any may be") }
        return (fixedSize + fields + 7) / 8 * 8 + body
    }

    private static func order(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Decoder.Order {
        switch bytes.first {
        case UInt8(ascii: "l"): return .little
        case UInt8(ascii: "B"): return .big
        default: throw Malformed("has no byte order")
        }
    }

    /// Reads one whole message; nil: one of a kind that is to be passed over.
    init?(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
        var decoder = Decoder(bytes, try Self.order(bytes))
        _ = try decoder.number(UInt8.self)
        let kind = Kind(rawValue: try decoder.number(UInt8.self))
        _ = try decoder.number(UInt8.self)
        guard try decoder.number(UInt8.self) == 1 else { throw Malformed("is of another version of the protocol") }
        guard let kind else { return nil }
        self.kind = kind
        _ = try decoder.number(UInt32.self)
        serial = try decoder.number(UInt32.self)
        var signature = ""
        body = []
        guard case .array(_, let fields)? = try decoder.values("a(yv)").first else { throw Malformed("has no header fields") }
        for field in fields {
            guard case .structure(let members) = field, members.count == 2, case .byte(let code) = members[0],
                case .variant(let value) = members[1]
            else { throw Malformed("has a header field that is none") }
            switch (code, value) {
            case (1, .objectPath(let text)): path = text
            case (2, .string(let text)): interface = text
            case (3, .string(let text)): member = text
            case (4, .string(let text)): errorName = text
            case (5, .uint32(let number)): replySerial = number
            case (6, .string(let text)): destination = text
            case (7, .string(let text)): sender = text
            case (8, .signature(let text)): signature = text
            case (1...8, _): throw Malformed("has a header field of a wrong type")
            default: break
            }
        }
        try decoder.pad(to: 8)
        body = try decoder.values(signature)
    }

    /// What there is to read in `bytes`; for tests and tools that speak with the bus themselves.
    public static func decoded(_ bytes: [UInt8]) throws(SystemdError) -> BusMessage? {
        do throws(Malformed) {
            guard let size = try size(bytes[...]), size <= bytes.count else { return nil }
            return try BusMessage(bytes[..<size])
        } catch { throw .unintelligible("a message \(error.problem)") }
    }
}
