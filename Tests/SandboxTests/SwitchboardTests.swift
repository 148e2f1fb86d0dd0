import AgentProtocol
import JSON
import Sandbox
import Testing

/// A switchboard between an agent and clients, all of this process.
private struct Line {
    var board = Switchboard()
    var agent = Connection(.agent)

    mutating func toAgent() throws -> [Frame] {
        let bytes = all(board.link.output)
        board.sentToAgent(bytes.count)
        return try agent.receive(bytes)
    }

    mutating func fromAgent() throws {
        let bytes = all(agent.output)
        agent.output.removeFirst(bytes.count)
        try board.receiveFromAgent(bytes)
    }

    mutating func client() throws -> Client {
        var client = Client(id: board.connect())
        try client.talk(&self)
        return client
    }
}

private struct Client {
    let id: Switchboard.ClientID
    var connection = Connection(.host)

    init(id: Switchboard.ClientID) { self.id = id }

    /// What it has to say goes to the switchboard; what that has for it comes back.
    @discardableResult
    mutating func talk(_ line: inout Line) throws -> [Frame] {
        let bytes = all(connection.output)
        connection.output.removeFirst(bytes.count)
        try line.board.receive(bytes, from: id)
        let answer = all(line.board.output(of: id))
        line.board.sent(answer.count, to: id)
        return try connection.receive(answer)
    }
}

private func all(_ queue: ByteQueue) -> [UInt8] {
    var queue = queue
    var bytes: [UInt8] = []
    while !queue.isEmpty {
        bytes += queue.first
        queue.removeFirst(queue.first.count)
    }
    return bytes
}

@Suite struct SwitchboardTests {
    /// An agent that has greeted, and two clients that have each asked something on their channel 1.
    private func asked() throws -> (Line, Client, Client, [UInt32]) {
        var line = Line()
        _ = try line.toAgent()
        try line.fromAgent()
        var first = try line.client()
        var second = try line.client()
        #expect(try first.connection.open() == 1)
        #expect(try second.connection.open() == 1)
        try first.connection.send(message: Request.state(id: "a").text, on: 1)
        try second.connection.send(message: Request.state(id: "b").text, on: 1)
        try first.talk(&line)
        try second.talk(&line)
        let frames = try line.toAgent()
        let opened = frames.filter { $0.content == .open }.map(\.channel)
        #expect(
            frames.filter { $0.content != .open } == [
                Frame(opened[0], .message(Request.state(id: "a").text, isWhole: true)),
                Frame(opened[1], .message(Request.state(id: "b").text, isWhole: true)),
            ])
        return (line, first, second, opened)
    }

    @Test func `channels of the same number are two, and each client has its own answer`() throws {
        var (line, first, second, opened) = try asked()
        try line.agent.send(message: Answer.done("of b").text, on: opened[1])
        try line.agent.send(message: Answer.done("of a").text, on: opened[0])
        try line.fromAgent()
        #expect(try first.talk(&line) == [Frame(1, .message(Answer.done("of a").text, isWhole: true))])
        #expect(try second.talk(&line) == [Frame(1, .message(Answer.done("of b").text, isWhole: true))])
    }

    @Test func `a client that goes has its channels closed, and those of the others stay`() throws {
        var (line, first, second, opened) = try asked()
        try line.board.disconnect(first.id)
        #expect(try line.toAgent() == [Frame(opened[0], .close)])
        // Said before the agent had heard of it.
        try line.agent.send(message: Answer.done("of b").text, on: opened[1])
        try line.agent.send(Frame(opened[0], .close))
        try line.fromAgent()
        #expect(try second.talk(&line) == [Frame(1, .message(Answer.done("of b").text, isWhole: true))])
        #expect(line.board.link.openChannels == [opened[1]])
    }

    @Test func `a channel that both sides have closed leaves nothing`() throws {
        var (line, first, _, opened) = try asked()
        try first.connection.send(Frame(1, .close))
        try first.talk(&line)
        #expect(try line.toAgent() == [Frame(opened[0], .close)])
        try line.agent.send(Frame(opened[0], .close))
        try line.fromAgent()
        #expect(try first.talk(&line) == [Frame(1, .close)])
        #expect(line.board.link.openChannels == [opened[1]])
        // The number means a new one.
        #expect(try first.connection.open() == 2)
        try first.talk(&line)
        #expect(try line.toAgent().map(\.content) == [.open])
    }

    @Test func `a client that leaves notices unread is one that does not listen`() throws {
        var line = Line()
        _ = try line.toAgent()
        try line.fromAgent()
        var client = try line.client()
        #expect(try client.connection.open() == 1)
        try client.connection.send(message: Request.watch(id: "a").text, on: 1)
        try client.talk(&line)
        let channel = try #require(try line.toAgent().first).channel
        try line.agent.send(message: Answer.done(.null).text, on: channel)
        // As much as an honest agent ever sends at once.
        try line.agent.send(message: [UInt8](repeating: 32, count: Frame.messageLimit), on: channel)
        try line.fromAgent()
        #expect(line.board.listens(client.id))
        for _ in 0..<2 where line.board.listens(client.id) {
            try line.agent.send(message: [UInt8](repeating: 32, count: Frame.messageLimit), on: channel)
            try line.fromAgent()
        }
        #expect(!line.board.listens(client.id))
        #expect(throws: Never.self) { try client.talk(&line) }
        #expect(line.board.listens(client.id))
    }

    @Test func `an agent that gives credit for what it does not take is not believed`() throws {
        var line = Line()
        _ = try line.toAgent()
        try line.fromAgent()
        var client = try line.client()
        #expect(try client.connection.open() == 1)
        try client.connection.send(message: Request.exec(ExecOrder(id: "a", process: .object([]))).text, on: 1)
        try client.talk(&line)
        let channel = try #require(try line.toAgent().first).channel
        let credit = Frame(channel, .credit(.input, Frame.initialCredit)).bytes
        let error = #expect(throws: ProtocolError.self) {
            for _ in 0..<1000 {
                while client.connection.room(.input, on: 1) > 0 {
                    try client.connection.send(Frame(1, .bytes(.input, [UInt8](repeating: 0, count: Frame.payloadLimit))))
                }
                try client.talk(&line)
                try line.board.receiveFromAgent(credit)
                try client.talk(&line)
            }
        }
        #expect("\(error.map { "\($0)" } ?? "")".hasSuffix("bytes, and goes on"))
        #expect(line.board.link.output.count < 3 * Frame.messageLimit)
    }

    @Test func `a client that breaks the protocol harms nobody but itself`() throws {
        var (line, first, second, opened) = try asked()
        let board = line.board
        #expect(throws: ProtocolError.self) {
            var copy = board
            try copy.receive([UInt8](repeating: 0xff, count: 64), from: first.id)
        }
        try line.board.disconnect(first.id)
        _ = try line.toAgent()
        try line.agent.send(message: Answer.done(.null).text, on: opened[1])
        try line.fromAgent()
        #expect(try second.talk(&line) == [Frame(1, .message(Answer.done(.null).text, isWhole: true))])
    }
}
