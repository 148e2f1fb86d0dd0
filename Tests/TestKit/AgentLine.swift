public import AgentProtocol

/// The host's end of the line to an agent, without anything of the runtime between. One thread at a time.
open class AgentLine: @unchecked Sendable {
    private let input: Descriptor
    private let output: Stream
    private var connection = Connection(.host)
    /// What came on the channels, in order.
    private var frames: [UInt32: [Frame.Content]] = [:]

    /// `input` leads to the agent, and what it says comes from `output`.
    public init(to input: Descriptor, from output: Descriptor) {
        self.input = input
        self.output = Stream(output)
    }

    /// What a failure says of the agent besides.
    open var plight: String { "" }

    /// Waits until the agent has said hello.
    public func greet(_ deadline: Deadline) throws {
        try flush()
        while !connection.isGreeted { try receive(deadline) }
    }

    /// Opens a channel with the request.
    public func open(_ request: AgentProtocol.Request) throws -> UInt32 {
        let channel = try connection.open()
        try connection.send(message: request.text, on: channel)
        try flush()
        return channel
    }

    /// The answer to a request that has no more than that.
    public func ask(_ request: AgentProtocol.Request) throws -> Answer {
        let channel = try open(request)
        let answer = try answer(on: channel)
        guard try next(on: channel) == .close else { throw Failure("no close after the answer") }
        try send(.close, on: channel)
        return answer
    }

    public func answer(on channel: UInt32) throws -> Answer {
        guard case .message(let text, _) = try next(on: channel) else { throw Failure("something before the answer") }
        return try Answer(text)
    }

    public func send(_ content: Frame.Content, on channel: UInt32) throws {
        try connection.send(Frame(channel, content))
        try flush()
    }

    public func send(_ instruction: Instruction, on channel: UInt32) throws {
        try send(.message(instruction.text, isWhole: true), on: channel)
    }

    /// How many bytes of input may be sent now.
    public func room(on channel: UInt32) -> Int { connection.room(.input, on: channel) }

    /// Waits until something has come.
    public func receive(_ deadline: Deadline = .usual) throws {
        let bytes: [UInt8]
        do { bytes = try output.some(deadline) } catch { throw Failure("\(error) of the agent; \(plight)") }
        guard !bytes.isEmpty else { throw Failure("the agent has hung up; \(plight)") }
        for frame in try connection.receive(bytes) { frames[frame.channel, default: []].append(frame.content) }
    }

    /// What comes next on the channel.
    public func next(on channel: UInt32) throws -> Frame.Content {
        while frames[channel, default: []].isEmpty { try receive() }
        return frames[channel, default: []].removeFirst()
    }

    private func flush() throws {
        while !connection.output.isEmpty {
            let bytes = Array(connection.output.first)
            do { try input.write(bytes) } catch { throw Failure("\(error) to the agent; \(plight)") }
            connection.output.removeFirst(bytes.count)
        }
    }
}
