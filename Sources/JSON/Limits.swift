/// What a document may cost before it is refused.
public struct Limits: Hashable, Sendable {
    /// Size of the whole text. A caller that can stat(2) its file compares before reading.
    public var bytes: Int
    /// Arrays and objects around a value, itself included.
    public var depth: Int

    public init(bytes: Int, depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    /// For config.json and its like: 16 MiB (docker writes 15 KiB), 128 levels (the specification needs 9).
    public static let document = Limits(bytes: 16 << 20, depth: 128)
}
