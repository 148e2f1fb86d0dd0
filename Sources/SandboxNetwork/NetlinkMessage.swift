internal import CLinux

/// Attributes of a netlink message, to be sent: each with its length and type, at a multiple of 4 bytes, in the machine's byte order.
struct NetlinkAttributes {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ type: some BinaryInteger, _ payload: [UInt8]) {
        bytes += machineBytes(UInt16(4 + payload.count)) + machineBytes(UInt16(type)) + payload
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    mutating func add(_ type: some BinaryInteger, _ text: String) { add(type, Array(text.utf8) + [0]) }

    mutating func add(_ type: some BinaryInteger, _ number: UInt32) { add(type, machineBytes(number)) }

    mutating func nest(_ type: some BinaryInteger, _ body: (inout NetlinkAttributes) -> Void) {
        var inner = NetlinkAttributes()
        body(&inner)
        add(UInt16(type) | UInt16(NLA_F_NESTED), inner.bytes)
    }
}

/// A message to the kernel: what is asked, the fixed fields of its kind, and attributes.
struct NetlinkRequest {
    let type: UInt16
    let flags: UInt16
    let fields: [UInt8]
    var attributes = NetlinkAttributes()

    init(_ type: some BinaryInteger, _ fields: [UInt8], _ flags: Int32 = 0) {
        self.type = UInt16(type)
        self.flags = UInt16(flags | NLM_F_REQUEST)
        self.fields = fields
    }

    func bytes(sequence: UInt32) -> [UInt8] {
        let length = UInt32(16 + fields.count + attributes.bytes.count)
        return machineBytes(length) + machineBytes(type) + machineBytes(flags) + machineBytes(sequence) + machineBytes(UInt32(0))
            + fields + attributes.bytes
    }
}

func machineBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
}

/// A message from the kernel.
struct NetlinkMessage {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    let body: ArraySlice<UInt8>

    /// All messages of a datagram.
    static func all(in datagram: ArraySlice<UInt8>) throws(NetworkError) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var rest = datagram
        while !rest.isEmpty {
            var fields = NetlinkFields(rest)
            let length = Int(try fields.number(UInt32.self))
            let (type, flags) = (try fields.number(UInt16.self), try fields.number(UInt16.self))
            let sequence = try fields.number(UInt32.self)
            guard length >= 16, length <= rest.count else { throw .unintelligible("a message of \(length) bytes in \(rest.count)") }
            let body = rest.dropFirst(16).prefix(length - 16)
            messages.append(NetlinkMessage(type: type, flags: flags, sequence: sequence, body: body))
            rest = rest.dropFirst((length + 3) / 4 * 4)
        }
        return messages
    }
}

/// Takes numbers and attributes out of a message, never beyond its end.
struct NetlinkFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isEmpty: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(NetworkError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .unintelligible("\(count) bytes where \(rest.count) are left") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(NetworkError) -> Number {
        try take(MemoryLayout<Number>.size).number()
    }

    /// All that is left, as attributes; without the flags of their types.
    func attributes() throws(NetworkError) -> [(type: Int, payload: ArraySlice<UInt8>)] {
        var attributes: [(type: Int, payload: ArraySlice<UInt8>)] = []
        var fields = self
        while fields.rest.count >= 4 {
            let length = Int(try fields.number(UInt16.self))
            let type = Int(try fields.number(UInt16.self)) & ~Int(NLA_F_NESTED | NLA_F_NET_BYTEORDER)
            guard length >= 4 else { throw .unintelligible("an attribute of \(length) bytes") }
            attributes.append((type, try fields.take(length - 4)))
            fields.rest = fields.rest.dropFirst((length + 3) / 4 * 4 - length)
        }
        return attributes
    }
}

extension ArraySlice<UInt8> {
    /// All of it as one number in the machine's byte order.
    func number<Number: FixedWidthInteger>() throws(NetworkError) -> Number {
        guard count == MemoryLayout<Number>.size else { throw .unintelligible("a number of \(count) bytes") }
        return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: Number.self) }
    }

    /// A text that a NUL ends.
    func netlinkText() throws(NetworkError) -> String {
        guard let text = String(validating: prefix { $0 != 0 }, as: UTF8.self) else { throw .unintelligible("a name that is no text") }
        return text
    }
}
