/// One side of a connection, without its input and output: bytes that came become frames, frames become bytes to be sent.
///
/// What the other side may not say is an error, after which nothing more can be done with the connection. It holds at most one frame
/// that is not whole, `Frame.channelLimit` channels, two messages' worth of pieces (`Frame.messageLimit`), and what its owner gave
/// it to send. The rules are those of docs/agent-protocol.md.
public struct Connection: Sendable {
    /// Who opens channels, sends input and grants credit for output; or who is opened to.
    public enum Side: Hashable, Sendable { case host, agent }

    /// Whether messages are handed out whole, or as they came.
    public enum Messages: Hashable, Sendable { case whole, pieces }

    public let side: Side
    private let messages: Messages
    private var reader = FrameReader()
    private var channels: [UInt32: Channel] = [:]
    private var lastOpened: UInt32 = 0
    private var unfinishedBytes = 0
    /// The other side's hello has come.
    public private(set) var isGreeted = false
    /// What is to be sent; begins with this side's hello. Take away what was sent.
    public var output = ByteQueue()

    public init(_ side: Side, _ messages: Messages = .whole) {
        self.side = side
        self.messages = messages
        output.append(Frame(0, .hello(hello())).bytes)
    }

    /// Numbers of the channels that are not closed by both sides.
    public var openChannels: [UInt32] { channels.keys.sorted() }

    /// Whether the channel is one of them.
    public func isOpen(_ channel: UInt32) -> Bool { channels[channel] != nil }

    /// How many bytes of `stream` the sender may still send on `channel`; 0 where it is not open or has ended.
    public func room(_ stream: StandardStream, on channel: UInt32) -> Int {
        guard let state = channels[channel], !state.isClosedHere, !state.isClosedThere, !state[stream].hasEnded else { return 0 }
        return state[stream].room
    }

    /// Whether this side may send on `channel`: it is open, and this side has not closed it.
    public func canSend(on channel: UInt32) -> Bool { channels[channel].map { !$0.isClosedHere } ?? false }

    /// Whether this side sends the bytes of `stream`.
    func sends(_ stream: StandardStream) -> Bool { (side == .host) == (stream == .input) }
}

// What comes.
extension Connection {
    /// The frames that `bytes` complete, in their order.
    ///
    /// Each is one that may come here and now. Those of a channel that this side has closed are left out, except for the other
    /// side's `close`, with which its number is free. With whole messages, a message is one frame of any length.
    public mutating func receive(_ bytes: [UInt8]) throws(ProtocolError) -> [Frame] {
        reader.append(bytes)
        var frames: [Frame] = []
        while let frame = try reader.next() {
            if let accepted = try accept(frame) { frames.append(accepted) }
        }
        return frames
    }

    private mutating func accept(_ frame: Frame) throws(ProtocolError) -> Frame? {
        guard isGreeted else {
            guard case .hello(let text) = frame.content, frame.channel == 0 else { throw .malformed("something before the hello") }
            try checkHello(text)
            isGreeted = true
            return nil
        }
        if case .hello = frame.content { throw .malformed("a second hello") }
        guard frame.channel != 0 else { throw .malformed("a frame on channel 0") }
        if case .open = frame.content {
            guard side == .agent else { throw .malformed("the agent opens a channel") }
            try add(frame.channel)
            return frame
        }
        // Taken out, lest its pieces be copied when they grow.
        guard var channel = channels.removeValue(forKey: frame.channel), !channel.isClosedThere else {
            throw .malformed("a frame on channel \(frame.channel), which is not open")
        }
        let result = try accept(frame, of: &channel)
        if !channel.isClosedHere || !channel.isClosedThere { channels[frame.channel] = channel }
        return result
    }

    private mutating func accept(_ frame: Frame, of channel: inout Channel) throws(ProtocolError) -> Frame? {
        switch frame.content {
        case .hello, .open: return nil
        case .close:
            channel.isClosedThere = true
            forget(&channel)
            return frame
        case .message(let text, let isWhole):
            return try accept(text, isWhole, frame.channel, &channel)
        case .bytes(let stream, let bytes):
            try checkSender(stream, channel)
            try channel.pass(stream, bytes.count)
        case .end(let stream):
            try checkSender(stream, channel)
            try channel.end(stream)
        case .credit(let stream, let count):
            guard sends(stream) else { throw .malformed("credit for \(stream) from its sender") }
            guard channel.hasRequest else { throw .malformed("credit before the request") }
            try channel.add(count, to: stream)
        }
        return channel.isClosedHere ? nil : frame
    }

    private func checkSender(_ stream: StandardStream, _ channel: Channel) throws(ProtocolError) {
        guard !sends(stream) else { throw .malformed("\(stream) from its receiver") }
        guard channel.hasRequest else { throw .malformed("\(stream) before the request") }
    }

    private mutating func accept(
        _ text: [UInt8], _ isWhole: Bool, _ number: UInt32, _ channel: inout Channel
    ) throws(ProtocolError) -> Frame? {
        guard side == .agent || channel.hasRequest else { throw .malformed("an answer before the request") }
        guard isWhole || !text.isEmpty else { throw .malformed("an empty piece of a message") }
        guard channel.unfinishedCount + text.count <= Frame.messageLimit else {
            throw .message("longer than \(Frame.messageLimit) bytes")
        }
        if isWhole && side == .agent { channel.hasRequest = true }
        // Nobody waits for it any more.
        if channel.isClosedHere { return nil }
        if messages == .pieces {
            channel.unfinishedCount = isWhole ? 0 : channel.unfinishedCount + text.count
            return Frame(number, .message(text, isWhole: isWhole))
        }
        channel.unfinished += text
        channel.unfinishedCount += text.count
        unfinishedBytes += text.count
        guard unfinishedBytes <= 2 * Frame.messageLimit else {
            throw .message("more than \(2 * Frame.messageLimit) bytes of messages that are not whole")
        }
        guard isWhole else { return nil }
        let whole = channel.unfinished
        forget(&channel)
        return Frame(number, .message(whole, isWhole: true))
    }

    private mutating func forget(_ channel: inout Channel) {
        if messages == .whole { unfinishedBytes -= channel.unfinishedCount }
        channel.unfinishedCount = 0
        channel.unfinished = []
    }

    private mutating func add(_ number: UInt32) throws(ProtocolError) {
        guard channels[number] == nil else { throw .malformed("channel \(number) is opened twice") }
        guard channels.count < Frame.channelLimit else { throw .malformed("more than \(Frame.channelLimit) channels") }
        channels[number] = Channel()
    }
}

// What goes. Errors are the same as those of the other side would be, and nothing is sent then.
extension Connection {
    /// Opens a channel; the host's. An error when there are as many as there may be.
    public mutating func open() throws(ProtocolError) -> UInt32 {
        var number = lastOpened
        repeat { number = number == .max ? 1 : number + 1 } while channels[number] != nil
        try send(Frame(number, .open))
        lastOpened = number
        return number
    }

    /// Sends a message of any length up to `Frame.messageLimit`, in pieces if need be.
    public mutating func send(message text: [UInt8], on channel: UInt32) throws(ProtocolError) {
        guard text.count <= Frame.messageLimit else { throw .message("longer than \(Frame.messageLimit) bytes") }
        var rest = text[...]
        while rest.count > Frame.payloadLimit {
            try send(Frame(channel, .message(Array(rest.prefix(Frame.payloadLimit)), isWhole: false)))
            rest = rest.dropFirst(Frame.payloadLimit)
        }
        try send(Frame(channel, .message(Array(rest), isWhole: true)))
    }

    /// Appends the frame to `output`. Its payload is at most `Frame.payloadLimit` long.
    public mutating func send(_ frame: Frame) throws(ProtocolError) {
        guard frame.channel != 0 else { throw .malformed("a frame on channel 0") }
        if case .open = frame.content {
            guard side == .host else { throw .malformed("the agent opens a channel") }
            try add(frame.channel)
        } else {
            guard var channel = channels.removeValue(forKey: frame.channel), !channel.isClosedHere else {
                throw .malformed("a frame on channel \(frame.channel), which is not open")
            }
            defer { if !channel.isClosedHere || !channel.isClosedThere { channels[frame.channel] = channel } }
            try note(frame.content, in: &channel)
        }
        output.append(frame.bytes)
    }

    private mutating func note(_ content: Frame.Content, in channel: inout Channel) throws(ProtocolError) {
        switch content {
        case .hello, .open: throw .malformed("a second hello")
        case .close:
            channel.isClosedHere = true
            forget(&channel)
        case .message(_, let isWhole):
            if isWhole && side == .host { channel.hasRequest = true }
        case .bytes(let stream, let bytes):
            guard sends(stream) else { throw .malformed("\(stream) from its receiver") }
            try channel.pass(stream, bytes.count)
        case .end(let stream):
            guard sends(stream) else { throw .malformed("\(stream) from its receiver") }
            try channel.end(stream)
        case .credit(let stream, let count):
            guard !sends(stream) else { throw .malformed("credit for \(stream) from its sender") }
            try channel.add(count, to: stream)
        }
    }
}
