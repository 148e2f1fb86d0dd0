/// What one side of a connection knows of a channel.
struct Channel: Sendable {
    /// Of one stream, which goes one way only: how many bytes its sender may still send.
    struct Flow: Sendable {
        var room = Int(Frame.initialCredit)
        var hasEnded = false
    }

    var isClosedHere = false
    var isClosedThere = false
    /// A whole message of the host has come or gone: before it there is nobody whose streams could be meant.
    var hasRequest = false
    /// The pieces that came of a message that is not whole; without them where messages are passed on in pieces.
    var unfinished: [UInt8] = []
    /// Bytes of those pieces.
    var unfinishedCount = 0
    private var input = Flow()
    private var output = Flow()
    private var errors = Flow()

    subscript(stream: StandardStream) -> Flow {
        get {
            switch stream {
            case .input: input
            case .output: output
            case .errors: errors
            }
        }
        set {
            switch stream {
            case .input: input = newValue
            case .output: output = newValue
            case .errors: errors = newValue
            }
        }
    }

    /// Bytes of a stream go by, in the direction that was found to be the right one.
    mutating func pass(_ stream: StandardStream, _ count: Int) throws(ProtocolError) {
        guard !self[stream].hasEnded else { throw .malformed("bytes of \(stream) after its end") }
        guard count <= self[stream].room else { throw .malformed("\(count) bytes of \(stream), where \(self[stream].room) are allowed") }
        self[stream].room -= count
    }

    mutating func end(_ stream: StandardStream) throws(ProtocolError) {
        guard !self[stream].hasEnded else { throw .malformed("a second end of \(stream)") }
        self[stream].hasEnded = true
    }

    mutating func add(_ credit: UInt32, to stream: StandardStream) throws(ProtocolError) {
        let room = self[stream].room + Int(credit)
        guard credit > 0, room <= Int(Frame.initialCredit) else {
            throw .malformed("a credit of \(credit) for \(stream), of which \(self[stream].room) are left")
        }
        self[stream].room = room
    }
}
