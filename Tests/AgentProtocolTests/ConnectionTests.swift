import AgentProtocol
import JSON
import Testing

/// Both sides of a connection, with nothing between them.
struct Line {
    var host = Connection(.host)
    var agent = Connection(.agent)

    init() throws {
        _ = try toAgent()
        _ = try toHost()
    }

    mutating func toAgent() throws -> [Frame] { try agent.receive(host.output.takeAll()) }

    mutating func toHost() throws -> [Frame] { try host.receive(agent.output.takeAll()) }

    /// A channel whose request the agent has read.
    mutating func channel() throws -> UInt32 {
        let channel = try host.open()
        try host.send(message: Request.start(id: "a").text, on: channel)
        _ = try toAgent()
        return channel
    }
}

extension ByteQueue {
    mutating func takeAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while !isEmpty {
            bytes += first
            removeFirst(first.count)
        }
        return bytes
    }
}

@Suite struct ConnectionTests {
    @Test func `a hello comes first from each side`() throws {
        var agent = Connection(.agent)
        #expect(agent.output.takeAll() == Frame(0, .hello(Array("{\"version\":1}".utf8))).bytes)
        #expect(throws: ProtocolError.malformed("something before the hello")) { try agent.receive(Frame(1, .open).bytes) }
    }

    @Test func `another version is refused, whatever else it says`() {
        var agent = Connection(.agent)
        #expect(throws: ProtocolError.version("the other side speaks version 2, this one 1")) {
            try agent.receive(Frame(0, .hello(Array("{\"new\":[],\"version\":2}".utf8))).bytes)
        }
    }

    @Test func `a long message arrives whole`() throws {
        var line = try Line()
        let channel = try line.host.open()
        let text = [UInt8](repeating: 7, count: 3 * Frame.payloadLimit + 5)
        try line.host.send(message: text, on: channel)
        #expect(try line.toAgent() == [Frame(channel, .open), Frame(channel, .message(text, isWhole: true))])
    }

    @Test func `bytes need credit, and credit comes back`() throws {
        var line = try Line()
        let channel = try line.channel()
        let piece = [UInt8](repeating: 1, count: Frame.payloadLimit)
        for _ in 0..<4 { try line.agent.send(Frame(channel, .bytes(.output, piece))) }
        #expect(line.agent.room(.output, on: channel) == 0)
        #expect(throws: ProtocolError.malformed("1 bytes of output, where 0 are allowed")) {
            try line.agent.send(Frame(channel, .bytes(.output, [1])))
        }
        #expect(try line.toHost().count == 4)
        try line.host.send(Frame(channel, .credit(.output, 10)))
        #expect(try line.toAgent() == [Frame(channel, .credit(.output, 10))])
        #expect(line.agent.room(.output, on: channel) == 10)
    }

    @Test func `a number is free when both sides have closed it`() throws {
        var line = try Line()
        let channel = try line.channel()
        try line.host.send(Frame(channel, .close))
        // On its way when the host closed.
        try line.agent.send(Frame(channel, .bytes(.output, [1])))
        #expect(try line.toHost() == [])
        #expect(try line.toAgent() == [Frame(channel, .close)])
        #expect(line.host.openChannels == [channel])
        try line.agent.send(Frame(channel, .close))
        #expect(try line.toHost() == [Frame(channel, .close)])
        #expect(line.host.openChannels == [])
        #expect(line.agent.openChannels == [])
    }
}
