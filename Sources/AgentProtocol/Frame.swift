/// One of a process's standard streams.
public enum StandardStream: UInt8, Hashable, Sendable, CaseIterable {
    case input, output, errors
}

/// What travels at once between host and guest, or between a proxy and the supervisor: docs/agent-protocol.md.
public struct Frame: Hashable, Sendable {
    /// What the payload is.
    public enum Content: Hashable, Sendable {
        /// The first frame of each side, on channel 0: a JSON object with the version of the protocol.
        case hello([UInt8])
        /// From the host: the channel begins.
        case open
        /// The channel is over for the side that sends it; after both have, its number is free.
        case close
        /// A message's text, or the piece of it before others.
        case message([UInt8], isWhole: Bool)
        /// Bytes of a stream, no more than the receiver's credit.
        case bytes(StandardStream, [UInt8])
        /// The stream has ended: no bytes of it follow.
        case end(StandardStream)
        /// The sender of this can take so many more bytes of the stream.
        case credit(StandardStream, UInt32)
    }

    /// 0: the connection itself.
    public var channel: UInt32
    public var content: Content

    public init(_ channel: UInt32, _ content: Content) {
        self.channel = channel
        self.content = content
    }

    /// Bytes before the payload.
    public static let headerSize = 12
    /// The most bytes of a payload: longer messages and streams are sent in pieces.
    public static let payloadLimit = 64 * 1024
    /// The most bytes of a message, all its pieces together.
    public static let messageLimit = 16 << 20
    /// How many bytes of a stream may be sent before the first credit, and the most that may ever be on their way.
    public static let initialCredit: UInt32 = 256 * 1024
    /// How many channels may be open at a time.
    public static let channelLimit = 1024
}

extension Frame {
    /// Length, channel, both 32 bits in network order; kind, stream or flag, two bytes of zero; the payload.
    public var bytes: [UInt8] {
        let (kind, detail, payload) = parts
        precondition(payload.count <= Frame.payloadLimit, "a payload is sent in pieces")
        var result: [UInt8] = []
        result.reserveCapacity(Frame.headerSize + payload.count)
        append(UInt32(payload.count), to: &result)
        append(channel, to: &result)
        result += [kind, detail, 0, 0]
        result += payload
        return result
    }

    private var parts: (kind: UInt8, detail: UInt8, payload: [UInt8]) {
        switch content {
        case .hello(let text): return (1, 0, text)
        case .open: return (2, 0, [])
        case .close: return (3, 0, [])
        case .message(let text, let isWhole): return (4, isWhole ? 1 : 0, text)
        case .bytes(let stream, let bytes): return (5, stream.rawValue, bytes)
        case .end(let stream): return (6, stream.rawValue, [])
        case .credit(let stream, let count):
            var payload: [UInt8] = []
            append(count, to: &payload)
            return (7, stream.rawValue, payload)
        }
    }

    init(_ header: FrameHeader, _ payload: [UInt8]) throws(ProtocolError) {
        channel = header.channel
        switch header.kind {
        case 1:
            guard header.detail == 0 else { throw .malformed("a hello with detail \(header.detail)") }
            content = .hello(payload)
        case 2:
            guard header.detail == 0, payload.isEmpty else { throw .malformed("an open frame that is not empty") }
            content = .open
        case 3:
            guard header.detail == 0, payload.isEmpty else { throw .malformed("a close frame that is not empty") }
            content = .close
        case 4:
            guard header.detail <= 1 else { throw .malformed("a message with detail \(header.detail)") }
            content = .message(payload, isWhole: header.detail == 1)
        case 5:
            guard !payload.isEmpty else { throw .malformed("a frame of no bytes") }
            content = .bytes(try header.stream(), payload)
        case 6:
            guard payload.isEmpty else { throw .malformed("an end frame that is not empty") }
            content = .end(try header.stream())
        case 7:
            guard payload.count == 4 else { throw .malformed("a credit of \(payload.count) bytes") }
            content = .credit(try header.stream(), number(payload[0..<4]))
        default: throw .malformed("an unknown kind of frame, \(header.kind)")
        }
    }
}

/// The fixed part of a frame, checked as far as it can be alone.
struct FrameHeader: Hashable, Sendable {
    let length: Int
    let channel: UInt32
    let kind: UInt8
    let detail: UInt8

    /// `bytes` are `Frame.headerSize` many.
    init(_ bytes: ArraySlice<UInt8>) throws(ProtocolError) {
        let start = bytes.startIndex
        length = Int(number(bytes[start..<start + 4]))
        channel = number(bytes[start + 4..<start + 8])
        kind = bytes[start + 8]
        detail = bytes[start + 9]
        guard length <= Frame.payloadLimit else { throw .malformed("a frame of \(length) bytes") }
        guard bytes[start + 10] == 0, bytes[start + 11] == 0 else { throw .malformed("a header whose last bytes are not zero") }
    }

    func stream() throws(ProtocolError) -> StandardStream {
        guard let stream = StandardStream(rawValue: detail) else { throw .malformed("an unknown stream, \(detail)") }
        return stream
    }
}

private func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
}
