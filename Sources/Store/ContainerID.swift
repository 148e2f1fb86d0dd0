/// A container's name, unique among those of one root directory and safe as a file's name.
public struct ContainerID: Hashable, Sendable {
    public let text: String

    /// NAME_MAX: the id is a directory's name.
    private static let longest = 255

    /// Takes one that is made of `A-Za-z0-9_+.-`, does not begin with a full stop and has 255 bytes at most.
    public init(_ text: String) throws(StoreError) {
        guard let first = text.utf8.first else { throw .emptyID }
        guard text.utf8.count <= Self.longest else {
            throw .invalidID(String(text.prefix(40)) + "...", "must not be longer than \(Self.longest) bytes")
        }
        guard first != UInt8(ascii: "."), text.utf8.allSatisfy(Self.isAllowed) else {
            throw .invalidID(text, "must match [A-Za-z0-9_+-][A-Za-z0-9_+.-]*")
        }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension ContainerID: Comparable {
    public static func < (left: ContainerID, right: ContainerID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ContainerID: CustomStringConvertible {
    public var description: String { text }
}
