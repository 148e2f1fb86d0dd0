internal import CLinux

/// An address of IPv4 or IPv6.
public struct IPAddress: Hashable, Sendable {
    /// 4 or 16, in network order.
    let bytes: [UInt8]

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Of the address's usual text, such as `10.0.0.1` or `fe80::1`.
    public init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe clinux_address_bytes(text, &bytes)
        guard count > 0 else { return nil }
        self.bytes = Array(bytes[..<Int(count)])
    }

    var family: UInt8 { UInt8(bytes.count == 4 ? CLINUX_AF_INET : CLINUX_AF_INET6) }

    /// The address of no one, of that family; nil for any other family.
    static func none(family: UInt8) -> IPAddress? {
        switch Int(family) {
        case Int(CLINUX_AF_INET): IPAddress([UInt8](repeating: 0, count: 4)[...])
        case Int(CLINUX_AF_INET6): IPAddress([UInt8](repeating: 0, count: 16)[...])
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    public var description: String {
        var text = [CChar](repeating: 0, count: 46)
        let result = unsafe clinux_address_text(bytes, bytes.count, &text)
        precondition(result == 0, "an address of \(bytes.count) bytes")
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// An address and how many of its first bits are its subnet's.
public struct Subnet: Hashable, Sendable {
    public let address: IPAddress
    /// At most 32 or 128.
    public let length: UInt8

    public init?(_ address: IPAddress, length: UInt8) {
        guard Int(length) <= address.bytes.count * 8 else { return nil }
        self.address = address
        self.length = length
    }

    /// Of a text such as `10.0.0.1/24`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), parts[1].allSatisfy(\.isASCII), let length = UInt8(parts[1])
        else { return nil }
        self.init(address, length: length)
    }
}

extension Subnet: CustomStringConvertible {
    public var description: String { "\(address)/\(length)" }
}

/// The six bytes that an Ethernet interface is known by on its link.
public struct HardwareAddress: Hashable, Sendable {
    /// Six.
    public let bytes: [UInt8]

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Of a text such as `02:00:00:00:00:01`.
    public init?(_ text: String) {
        var bytes: [UInt8] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard part.utf8.count == 2, part.utf8.first != UInt8(ascii: "+"), let byte = UInt8(part, radix: 16) else { return nil }
            bytes.append(byte)
        }
        self.init(bytes[...])
    }
}

extension HardwareAddress: CustomStringConvertible {
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
