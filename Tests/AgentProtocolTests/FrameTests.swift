import AgentProtocol
import Testing

@Suite struct FrameTests {
    private static let frames = [
        Frame(0, .hello(Array("{\"version\":1}".utf8))),
        Frame(1, .open),
        Frame(1, .message(Array("{}".utf8), isWhole: true)),
        Frame(1, .message(Array("{".utf8), isWhole: false)),
        Frame(0xffff_fffe, .bytes(.errors, [0, 1, 255])),
        Frame(7, .end(.input)),
        Frame(7, .credit(.output, 0x0102_0304)),
        Frame(7, .close),
    ]

    @Test func `a frame has the header of the document`() {
        #expect(Frame(0x0a0b_0c0d, .credit(.output, 0x0102_0304)).bytes == [0, 0, 0, 4, 10, 11, 12, 13, 7, 1, 0, 0, 1, 2, 3, 4])
    }

    @Test func `frames are read back however the bytes arrive`() throws {
        let bytes = Self.frames.flatMap(\.bytes)
        for size in [1, 3, 12, 13, bytes.count] {
            var reader = FrameReader()
            var found: [Frame] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.append(Array(bytes[start..<min(start + size, bytes.count)]))
                while let frame = try reader.next() { found.append(frame) }
            }
            #expect(found == Self.frames, "in pieces of \(size)")
        }
    }

    @Test(
        arguments: [
            ([0, 1, 0, 1, 0, 0, 0, 0, 4, 1, 0, 0], "a frame of 65537 bytes"),
            ([0, 0, 0, 0, 0, 0, 0, 1, 9, 0, 0, 0], "an unknown kind of frame, 9"),
            ([0, 0, 0, 0, 0, 0, 0, 1, 6, 3, 0, 0], "an unknown stream, 3"),
            ([0, 0, 0, 0, 0, 0, 0, 1, 7, 1, 0, 0], "a credit of 0 bytes"),
        ] as [([UInt8], String)])
    func `what is no frame is refused`(bytes: [UInt8], problem: String) {
        var reader = FrameReader()
        reader.append(bytes)
        #expect(throws: ProtocolError.malformed(problem)) { try reader.next() }
    }
}
