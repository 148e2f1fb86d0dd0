import AgentProtocol
import JSON
import Testing

@Suite struct RuleTests {
    /// What the agent may not say on channel 1, whose request it has, and the words of the host for it.
    @Test(
        arguments: [
            ([Frame(1, .open)], "the agent opens a channel"),
            ([Frame(2, .end(.output))], "a frame on channel 2, which is not open"),
            ([Frame(0, .open)], "a frame on channel 0"),
            ([Frame(0, .hello([]))], "a second hello"),
            ([Frame(1, .bytes(.input, [1]))], "input from its receiver"),
            ([Frame(1, .credit(.output, 1))], "credit for output from its sender"),
            ([Frame(1, .credit(.input, 1))], "a credit of 1 for input, of which 262144 are left"),
            ([Frame(1, .end(.output)), Frame(1, .bytes(.output, [1]))], "bytes of output after its end"),
            ([Frame(1, .end(.output)), Frame(1, .end(.output))], "a second end of output"),
            ([Frame(1, .close), Frame(1, .close)], "a frame on channel 1, which is not open"),
            ([Frame(1, .message([], isWhole: false))], "an empty piece of a message"),
        ] as [([Frame], String)])
    func `the host refuses`(frames: [Frame], problem: String) throws {
        var line = try Line()
        _ = try line.channel()
        #expect(throws: ProtocolError.malformed(problem)) { try line.host.receive(frames.flatMap(\.bytes)) }
    }

    @Test func `no more than the credit is taken`() throws {
        var line = try Line()
        let channel = try line.channel()
        let piece = Frame(channel, .bytes(.errors, [UInt8](repeating: 0, count: Frame.payloadLimit))).bytes
        _ = try line.host.receive(piece + piece + piece + piece)
        #expect(throws: ProtocolError.malformed("65536 bytes of errors, where 0 are allowed")) { try line.host.receive(piece) }
    }

    @Test func `input comes after the request`() throws {
        var line = try Line()
        #expect(throws: ProtocolError.malformed("input before the request")) {
            try line.agent.receive(Frame(5, .open).bytes + Frame(5, .bytes(.input, [1])).bytes)
        }
    }

    @Test func `channels are counted`() throws {
        var line = try Line()
        for _ in 0..<Frame.channelLimit { _ = try line.host.open() }
        #expect(throws: ProtocolError.malformed("more than 1024 channels")) { _ = try line.host.open() }
        _ = try line.toAgent()
        #expect(throws: ProtocolError.malformed("more than 1024 channels")) { try line.agent.receive(Frame(5000, .open).bytes) }
    }

    @Test func `a message has an end, and so have all together`() throws {
        var line = try Line()
        let piece = [UInt8](repeating: 32, count: Frame.payloadLimit)
        let pieces = Frame.messageLimit / Frame.payloadLimit
        for channel: UInt32 in 1...3 { _ = try line.agent.receive(Frame(channel, .open).bytes) }
        for channel: UInt32 in 1...2 {
            for _ in 0..<pieces { _ = try line.agent.receive(Frame(channel, .message(piece, isWhole: false)).bytes) }
        }
        var tooLong = line.agent
        #expect(throws: ProtocolError.message("longer than 16777216 bytes")) {
            try tooLong.receive(Frame(1, .message([32], isWhole: false)).bytes)
        }
        #expect(throws: ProtocolError.message("more than 33554432 bytes of messages that are not whole")) {
            try line.agent.receive(Frame(3, .message([32], isWhole: false)).bytes)
        }
    }

    @Test func `an exchange has one order`() throws {
        let order = ExecOrder(id: "a", process: .object([]), streams: [.output])
        var exchange = Exchange(.exec(order))
        #expect(throws: ProtocolError.malformed("a channel closed without an answer")) { try exchange.receive(.close) }
        #expect(throws: ProtocolError.malformed("errors, which was not asked for")) { try exchange.receive(.bytes(.errors, [1])) }
        #expect(try exchange.receive(.bytes(.output, [1])) == .bytes(.output, [1]))
        #expect(try exchange.receive(.message(Answer.done(.null).text, isWhole: true)) == .answer(.done(.null)))
        #expect(throws: ProtocolError.malformed("a process's channel closed before its end")) { try exchange.receive(.close) }
        let end = Notice.exited(.code(0), nanoseconds: 1, wasOutOfMemory: false)
        #expect(try exchange.receive(.message(end.text, isWhole: true)) == .notice(end))
        #expect(throws: ProtocolError.malformed("something after the last message of a channel")) { try exchange.receive(.end(.output)) }
        #expect(try exchange.receive(.close) == .closed)
    }

    @Test(arguments: [true, false])
    func `a program tells that it is ready where that was asked for, and once`(isAsked: Bool) throws {
        var exchange = Exchange(.create(CreateOrder(id: "a", config: .object([]), tellsReadiness: isAsked)))
        #expect(try exchange.receive(.message(Answer.done(.null).text, isWhole: true)) == .answer(.done(.null)))
        let refusal = ProtocolError.malformed("a notice that is none of its channel's")
        if isAsked { #expect(try exchange.receive(.message(Notice.ready.text, isWhole: true)) == .notice(.ready)) }
        #expect(throws: refusal) { try exchange.receive(.message(Notice.ready.text, isWhole: true)) }
    }

    /// Whatever comes is frames that may come or an error, and what is held stays bounded.
    @Test(arguments: [Connection.Side.host, .agent])
    func `no bytes make a connection fail otherwise than by its error`(side: Connection.Side) throws {
        var random = Generator(state: 0x9e37_79b9_7f4a_7c15)
        for _ in 0..<3000 {
            var line = try Line()
            let channel = try line.channel()
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) { bytes += frame(channel, &random).bytes }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var connection = side == .host ? line.host : line.agent
            do throws(ProtocolError) {
                for frame in try connection.receive(bytes) {
                    guard case .message(let text, _) = frame.content else { continue }
                    do throws(ProtocolError) { _ = try Request(text) } catch { _ = "\(error)" }
                    do throws(ProtocolError) { _ = try Answer(text) } catch { _ = "\(error)" }
                }
            } catch { #expect(!"\(error)".isEmpty) }
            #expect(connection.openChannels.count <= Frame.channelLimit)
        }
    }

    private func frame(_ channel: UInt32, _ random: inout Generator) -> Frame {
        let stream = StandardStream.allCases.randomElement(using: &random) ?? .input
        let texts = [Request.start(id: "a").text, Answer.failed("no").text, Notice.outOfMemory.text]
        let contents: [Frame.Content] = [
            .open, .close, .message(texts.randomElement(using: &random) ?? [], isWhole: Bool.random(using: &random)),
            .bytes(stream, [1, 2, 3]),
            .end(stream), .credit(stream, UInt32.random(in: 0...5, using: &random)), .hello([123, 125]),
        ]
        return Frame(UInt32.random(in: 0...3, using: &random) == 0 ? 2 : channel, contents.randomElement(using: &random) ?? .open)
    }
}

/// The same numbers each time (SplitMix64).
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
