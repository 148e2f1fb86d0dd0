import Kernel
import TestKit
import Testing

@testable import Machine

/// What becomes of an image for x86 when QEMU is to start the kernel in it by itself.
@Suite(.machineUnchanged) struct UnpackedKernelTests {
    /// Little end first.
    private static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    private static func note(_ name: String, _ type: UInt64, _ text: [UInt8]) -> [UInt8] {
        bytes(UInt64(name.utf8.count), 4) + bytes(UInt64(text.count), 4) + bytes(type, 4) + Array(name.utf8) + text
    }

    /// An executable for x86-64 with a segment that is loaded, one of notes, and `rest`.
    private static func executable(_ notes: [UInt8], _ rest: [UInt8] = []) -> [UInt8] {
        let head: [UInt8] =
            [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + bytes(0, 9) + bytes(2, 2) + bytes(62, 2) + bytes(1, 4) + bytes(0x100_0000, 8) + bytes(64, 8)
            + bytes(0, 8) + bytes(0, 4) + bytes(64, 2) + bytes(56, 2) + bytes(2, 2) + bytes(0, 6)
        let place = UInt64(64 + 2 * 56)
        let loaded = bytes(1, 4) + bytes(5, 4) + bytes(0, 8) + bytes(0, 16) + bytes(64, 16) + bytes(4096, 8)
        let noted = bytes(4, 4) + bytes(4, 4) + bytes(place, 8) + bytes(0, 16) + bytes(UInt64(notes.count), 16) + bytes(4, 8)
        return head + loaded + noted + notes + rest
    }

    private static let entry = note("Xen\0", 18, bytes(0x100_0000, 8))
    private static let kernel = executable(note("GNU\0", 3, [1, 2, 3, 4]) + note("Xen\0", 6, [0x6c, 0x69, 0x6e, 0]) + entry)

    /// LZ4 that takes everything literally: a token, as many bytes of 255 as fit into the length, and the bytes themselves.
    private static func block(_ plain: [UInt8]) -> [UInt8] {
        let length = plain.count - 15
        let packed = [0xf0] + [UInt8](repeating: 255, count: length / 255) + [UInt8(length % 255)] + plain
        return bytes(UInt64(packed.count), 4) + packed
    }

    /// Its header as boot.rst has it, the loader, and the packed kernel with its length.
    private static func image(
        _ blocks: [[UInt8]], magic: [UInt8] = [0x02, 0x21, 0x4c, 0x18], length: Int? = nil, version: UInt64 = 0x20f
    ) -> [UInt8] {
        let payload = magic + blocks.flatMap(block) + bytes(UInt64(length ?? blocks.joined().count), 4)
        var head = [UInt8](repeating: 0, count: 2 * 512 + 100)
        head[0x1f1] = 1
        head.replaceSubrange(0x202..<0x206, with: "HdrS".utf8)
        head.replaceSubrange(0x206..<0x208, with: bytes(version, 2))
        head.replaceSubrange(0x248..<0x24c, with: bytes(100, 4))
        head.replaceSubrange(0x24c..<0x250, with: bytes(UInt64(payload.count), 4))
        return head + payload
    }

    private func unpacked(_ image: [UInt8]) throws -> [UInt8]? {
        let path = try Scratch.required().directory + "/" + Scratch.required().unique("image")
        try Files.write(path, image)
        return try unpacked(path)
    }

    private func unpacked(_ path: String) throws -> [UInt8]? {
        switch try unpackKernel(open(path, .readOnly)) {
        case .some(let file): try readFromStart(file)
        case .none: nil
        }
    }

    @Test func `the kernel in it is what was packed, of one block and of more`() throws {
        #expect(try unpacked(Self.image([Self.kernel])) == Self.kernel)
        let cut = Self.kernel.count / 2
        #expect(try unpacked(Self.image([Array(Self.kernel[..<cut]), Array(Self.kernel[cut...])])) == Self.kernel)
    }

    @Test func `a kernel that cannot be entered without the image's loader is left in it`() throws {
        let other = Self.note("Xen\0", 17, [1, 2, 3, 4])
        let foreign = Self.note("GNU\0", 18, [1, 2, 3, 4])
        for notes in [other, foreign, other + foreign, Array(Self.entry[..<11])] {
            #expect(try unpacked(Self.image([Self.executable(notes)])) == nil)
        }
        var narrow = Self.kernel
        narrow[4] = 1
        #expect(try unpacked(Self.image([narrow])) == nil)
        // A length of a note that leads beyond all of them.
        #expect(try unpacked(Self.image([Self.executable(Self.bytes(0xffff_fff0, 4) + Self.bytes(0xffff_fff0, 4) + Self.entry)])) == nil)
    }

    @Test func `an image that is packed otherwise, older or damaged is left to its loader`() throws {
        let image = Self.image([Self.kernel])
        #expect(try unpacked(Self.image([Self.kernel], magic: [0x28, 0xb5, 0x2f, 0xfd])) == nil)
        #expect(try unpacked(Self.image([Self.kernel], version: 0x207)) == nil)
        #expect(try unpacked(Self.image([Self.kernel], length: Self.kernel.count + 1)) == nil)
        #expect(try unpacked(Array("a kernel for no processor".utf8)) == nil)
        for count in stride(from: 0, to: image.count, by: 7) { #expect(try unpacked(Array(image[..<count])) == nil) }
        // The block's length, and the first of its bytes.
        for (place, byte) in [(2 * 512 + 104, UInt8(0xff)), (2 * 512 + 107, 0xff), (2 * 512 + 108, 0)] {
            var damaged = image
            damaged[place] = byte
            #expect(try unpacked(damaged) == nil, "byte \(place)")
        }
    }

    @Test(.enabled(if: Files.exists(Repository.path(".build/guest/kernel/vmlinuz")), "no guest kernel here"))
    func `Debian's kernel for virtual machines is unpacked`() throws {
        let kernel = try #require(try unpacked(Repository.path(".build/guest/kernel/vmlinuz")))
        // An executable of 64 bits for x86-64; that it runs the machines of other suites show.
        #expect(kernel.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]))
        #expect(kernel[16..<20].elementsEqual([2, 0, 62, 0]))
    }
}
