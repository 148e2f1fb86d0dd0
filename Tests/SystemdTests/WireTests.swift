import Systemd
import Testing

/// The byte strings are those of the D-Bus specification, "Marshaling (Wire Format)" and "Message Protocol".
@Suite struct WireTests {
    /// The bytes of a message's body: what follows the header, which ends on a multiple of 8.
    private func body(_ values: [BusValue]) -> [UInt8] {
        var call = BusMessage.call("M", values, to: "d", "/p", "i")
        call.serial = 1
        let bytes = call.bytes
        let length = Int(bytes[4]) | Int(bytes[5]) << 8
        return Array(bytes.suffix(length))
    }

    private func hex(_ text: String) -> [UInt8] {
        text.split(separator: " ").map { UInt8($0, radix: 16)! }
    }

    @Test func `strings are laid out as the specification shows`() {
        #expect(
            body([.string("foo"), .string("+"), .string("bar")])
                == hex("03 00 00 00 66 6f 6f 00 01 00 00 00 2b 00 00 00 03 00 00 00 62 61 72 00"))
    }

    @Test func `an array of a 64-bit number is laid out as the specification shows`() {
        #expect(body([.array(of: "x", [.int64(5)])]) == hex("08 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00"))
    }

    @Test func `an empty array has the padding of its elements`() {
        #expect(body([.array(of: "(sv)", [])]) == hex("00 00 00 00 00 00 00 00"))
        #expect(body([.strings([])]) == hex("00 00 00 00"))
    }

    @Test func `a property is laid out as sv`() {
        #expect(
            body([.array(of: "(sv)", [.structure([.string("A"), .variant(.boolean(true))])])])
                == hex("10 00 00 00 00 00 00 00 01 00 00 00 41 00 01 62 00 00 00 00 01 00 00 00"))
    }

    @Test func `numbers are aligned to their size`() {
        #expect(body([.byte(1), .uint64(2)]) == hex("01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00"))
        #expect(body([.byte(1), .uint16(2), .uint32(3)]) == hex("01 00 02 00 03 00 00 00"))
        #expect(body([.double(1)]) == hex("00 00 00 00 00 00 f0 3f"))
    }

    /// The call of Hello that every client begins with, byte for byte.
    @Test func `a call has the header of the specification`() {
        var call = BusMessage.call("Hello", to: "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        call.serial = 1
        var expected: [UInt8] = hex("6c 01 00 01 00 00 00 00 01 00 00 00 6d 00 00 00")
        expected += hex("01 01 6f 00 15 00 00 00") + Array("/org/freedesktop/DBus".utf8) + hex("00 00 00")
        expected += hex("02 01 73 00 14 00 00 00") + Array("org.freedesktop.DBus".utf8) + hex("00 00 00 00")
        expected += hex("03 01 73 00 05 00 00 00") + Array("Hello".utf8) + hex("00 00 00")
        expected += hex("06 01 73 00 14 00 00 00") + Array("org.freedesktop.DBus".utf8) + hex("00 00 00 00")
        #expect(call.bytes == expected)
    }

    @Test func `what was written is read again`() throws {
        var signal = BusMessage(
            .signal,
            [
                .uint32(7), .objectPath("/job/7"), .string("ä"), .strings(["a", "b"]), .bytes([1, 2]),
                .structure([.int16(-1), .int64(.min), .variant(.variant(.double(0.5)))]),
                .array(of: "(sv)", [.structure([.string("k"), .variant(.uint64(.max))])]), .signature("a{sv}"), .boolean(false),
            ])
        signal.serial = 9
        signal.path = "/a"
        signal.interface = "a.b"
        signal.member = "C"
        signal.replySerial = 3
        signal.errorName = "e.f"
        signal.destination = ":1.1"
        #expect(try BusMessage.decoded(signal.bytes) == signal)
    }

    /// An answer as a machine of the other byte order gives it.
    @Test func `big-endian messages are read`() throws {
        let bytes = hex(
            "42 02 01 01 00 00 00 08 00 00 00 03 00 00 00 0f 05 01 75 00 00 00 00 02 08 01 67 00 01 75 00 00 00 00 00 00 00 00 01 00")
        // The array of fields is 15 bytes, then one of padding; the body 8 bytes, of which 4 belong to nothing.
        let message = try #require(try BusMessage.decoded(bytes))
        #expect(message.kind == .reply)
        #expect(message.serial == 3)
        #expect(message.replySerial == 2)
        #expect(message.body == [.uint32(0)])
    }

    @Test func `an entry of a dictionary is read`() throws {
        var bytes = BusMessage(.reply, [.array(of: "(sv)", [.structure([.string("k"), .variant(.byte(1))])])]).bytes
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("a(sv)".utf8)) })
        bytes[place + 1] = UInt8(ascii: "{")
        bytes[place + 4] = UInt8(ascii: "}")
        #expect(try BusMessage.decoded(bytes)?.body == [.array(of: "{sv}", [.entry(.string("k"), .variant(.byte(1)))])])
    }

    @Test func `a part of a message is none yet`() throws {
        let bytes = BusMessage.call("M", [.string("x")], to: "d", "/p", "i").bytes
        for count in bytes.indices { #expect(try BusMessage.decoded(Array(bytes.prefix(count))) == nil) }
    }

    /// Whatever a byte is changed to, it is a message or an error: neither a trap nor an endless read.
    @Test func `no byte of a message is believed`() {
        let bytes = BusMessage.call(
            "M", [.strings(["a"]), .variant(.structure([.byte(1), .array(of: "t", [.uint64(1)])]))], to: "d", "/p", "i"
        ).bytes
        for index in bytes.indices {
            for value in [0, 1, 2, 7, 8, 40, 97, 118, 123, 127, 128, 255] as [UInt8] {
                var changed = bytes
                changed[index] = value
                _ = Result { () throws(SystemdError) in try BusMessage.decoded(changed) }
            }
        }
    }

    @Test(arguments: [
        ("(", "has a signature that ends too early"), ("a", "has a signature that ends too early"), ("()", "has an empty structure"),
        (")", "has a signature whose brackets do not match"), ("(u}", "has a signature whose brackets do not match"),
        ("!", "has a signature with an unknown type"), ("u", "ends too early"),
    ])
    func `a body that is not what it says is refused`(signature: String, problem: String) throws {
        var message = BusMessage(.reply, [.signature("")])
        message.member = "M"
        var bytes = message.bytes
        // The body `""` of type g is two zeros; another type of one letter, or more letters, in its place.
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [8, 1, 103, 0, 1, 103, 0]) })
        let room = Array(bytes[..<place]) + [8, 1, 103, 0, UInt8(signature.utf8.count)] + Array(signature.utf8) + [0]
        let length = room.count - 16
        bytes = room + [UInt8](repeating: 0, count: (8 - room.count % 8) % 8) + [0, 0]
        bytes[12] = UInt8(length)
        #expect(throws: SystemdError.unintelligible("a message \(problem)")) { try BusMessage.decoded(bytes) }
    }

    @Test func `nesting has an end`() throws {
        var value = BusValue.byte(1)
        for _ in 0..<80 { value = .variant(value) }
        #expect(throws: SystemdError.unintelligible("a message is nested more than 64 deep")) {
            try BusMessage.decoded(BusMessage(.reply, [value]).bytes)
        }
    }
}
