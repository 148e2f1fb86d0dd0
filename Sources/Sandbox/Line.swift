internal import AgentProtocol

/// The host's end of a conversation with the agent, without its input and output: channels, and what is said on each.
struct Line {
    private var connection = Connection(.host)
    private var exchanges: [UInt32: Exchange] = [:]

    struct Event {
        let channel: UInt32
        let what: Exchange.Event
    }

    /// The other side has said hello.
    var isGreeted: Bool { connection.isGreeted }

    /// What is to be sent.
    var output: ByteQueue { connection.output }

    /// The first `count` bytes of it were.
    mutating func sent(_ count: Int) { connection.output.removeFirst(count) }

    mutating func open(_ request: Request) throws(SandboxError) -> UInt32 {
        try following { () throws(ProtocolError) in
            let channel = try connection.open()
            try connection.send(message: request.text, on: channel)
            exchanges[channel] = Exchange(request)
            return channel
        }
    }

    /// What came; a channel that the agent has closed is closed from here as well.
    mutating func receive(_ bytes: [UInt8]) throws(SandboxError) -> [Event] {
        try following { () throws(ProtocolError) in
            var events: [Event] = []
            for frame in try connection.receive(bytes) {
                guard var exchange = exchanges[frame.channel] else { continue }
                let event = try exchange.receive(frame.content)
                exchanges[frame.channel] = event == .closed ? nil : exchange
                if event == .closed, connection.canSend(on: frame.channel) { try connection.send(Frame(frame.channel, .close)) }
                events.append(Event(channel: frame.channel, what: event))
            }
            return events
        }
    }

    /// How much input the process of the channel takes now.
    func room(on channel: UInt32) -> Int { connection.room(.input, on: channel) }

    /// Nothing, where the channel is over.
    mutating func send(_ content: Frame.Content, on channel: UInt32) throws(SandboxError) {
        guard connection.canSend(on: channel) else { return }
        try following { () throws(ProtocolError) in try connection.send(Frame(channel, content)) }
    }

    mutating func send(_ instruction: Instruction, on channel: UInt32) throws(SandboxError) {
        try send(.message(instruction.text, isWhole: true), on: channel)
    }

    /// Lets go of the channel: a process of it is killed, and nothing more is heard.
    mutating func close(_ channel: UInt32) throws(SandboxError) {
        exchanges[channel] = nil
        try send(.close, on: channel)
    }
}
