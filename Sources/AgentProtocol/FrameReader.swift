/// Cuts a stream of bytes into frames. What it holds at a time is one frame and what was appended last.
public struct FrameReader: Sendable {
    private var pending: [UInt8] = []
    private var position = 0

    public init() {}

    public mutating func append(_ bytes: [UInt8]) {
        pending.removeFirst(position)
        position = 0
        pending += bytes
    }

    /// The next whole frame; nil: more bytes are needed. After an error the stream is lost.
    public mutating func next() throws(ProtocolError) -> Frame? {
        let start = position + Frame.headerSize
        guard pending.count >= start else { return nil }
        let header = try FrameHeader(pending[position..<start])
        guard pending.count >= start + header.length else { return nil }
        position = start + header.length
        return try Frame(header, Array(pending[start..<position]))
    }
}
