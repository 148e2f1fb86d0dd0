internal import JSON

/// The host's view of one channel, after its request was sent: what the agent says on it, in the only order there is.
///
/// First the answer, but that bytes of a process may come before it. The channel of a process then has `Notice.ready`, if that was asked
/// for and at most once, and ends with `Notice.exited`, after which only the agent's `close` follows; that of `watch` goes on until it is
/// closed.
public struct Exchange: Sendable {
    public enum Event: Hashable, Sendable {
        case answer(Answer)
        case notice(Notice)
        /// Output: credit for it is granted when it has gone on.
        case bytes(StandardStream, [UInt8])
        case ended(StandardStream)
        /// So many more bytes of input may be sent; the connection has counted them.
        case credit(UInt32)
        /// The agent is done with the channel.
        case closed
    }

    private enum Kind { case single, process, watch }

    private let kind: Kind
    private let streams: [StandardStream]
    private var isAnswered = false
    private var hasFailed = false
    private var mayBecomeReady = false
    private var isOver = false

    public init(_ request: Request) {
        switch request {
        case .create(let order): (kind, streams, mayBecomeReady) = (.process, order.streams, order.tellsReadiness)
        case .exec(let order): (kind, streams) = (.process, order.streams)
        case .watch: (kind, streams) = (.watch, [])
        default: (kind, streams) = (.single, [])
        }
    }

    /// What a frame of this channel, with a whole message, says.
    public mutating func receive(_ content: Frame.Content) throws(ProtocolError) -> Event {
        if case .close = content {
            guard isAnswered else { throw .malformed("a channel closed without an answer") }
            guard kind != .process || isOver || hasFailed else { throw .malformed("a process's channel closed before its end") }
            return .closed
        }
        guard !isOver else { throw .malformed("something after the last message of a channel") }
        switch content {
        case .message(let text, isWhole: true): return try receive(text)
        case .bytes(let stream, let bytes):
            try check(stream)
            return .bytes(stream, bytes)
        case .end(let stream):
            try check(stream)
            return .ended(stream)
        case .credit(_, let count): return .credit(count)
        default: throw .malformed("a frame that is none of a channel's")
        }
    }

    private mutating func receive(_ text: [UInt8]) throws(ProtocolError) -> Event {
        guard isAnswered else {
            let answer = try Answer(text)
            isAnswered = true
            if case .failed = answer { hasFailed = true }
            isOver = hasFailed || kind == .single
            return .answer(answer)
        }
        let notice = try Notice(text)
        switch (notice, kind) {
        case (.exited, .process): isOver = true
        case (.ready, .process) where mayBecomeReady: mayBecomeReady = false
        case (.outOfMemory, .watch): break
        default: throw .malformed("a notice that is none of its channel's")
        }
        return .notice(notice)
    }

    private func check(_ stream: StandardStream) throws(ProtocolError) {
        guard kind == .process, streams.contains(stream) else { throw .malformed("\(stream), which was not asked for") }
    }
}
