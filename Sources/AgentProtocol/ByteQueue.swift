/// Bytes that wait for someone to take them, first come first served.
public struct ByteQueue: Sendable {
    /// Small pieces are put together up to this size, large ones stay as they came.
    private static let pieceSize = 64 * 1024

    private var pieces: [[UInt8]] = []
    /// How many pieces are used up, and how many bytes of the next one.
    private var usedPieces = 0
    private var usedBytes = 0
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    public mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = pieces.indices.last, last >= usedPieces, pieces[last].count + bytes.count <= Self.pieceSize {
            pieces[last] += bytes
        } else {
            pieces.append(bytes)
        }
    }

    /// The first bytes, as many as lie together; empty only when there are none.
    public var first: ArraySlice<UInt8> { isEmpty ? [] : pieces[usedPieces][usedBytes...] }

    /// Takes away the first `size` bytes, of which there must be as many.
    public mutating func removeFirst(_ size: Int) {
        precondition(size <= count, "more bytes than there are")
        count -= size
        usedBytes += size
        while usedPieces < pieces.count, usedBytes >= pieces[usedPieces].count {
            usedBytes -= pieces[usedPieces].count
            pieces[usedPieces] = []
            usedPieces += 1
        }
        if usedPieces == pieces.count || usedPieces > 64 {
            pieces.removeFirst(usedPieces)
            usedPieces = 0
        }
    }

    public mutating func removeAll() { self = ByteQueue() }
}
