internal import CLZ4
internal import Kernel

/// The kernel proper of an image for x86, in memory, for QEMU to start without the image's loader; nil: the loader is needed.
///
/// The image is a program that unpacks the kernel and moves it to an address of chance (Documentation/arch/x86/boot.rst). Where each of
/// its instructions must be translated that is a fifth of the boot. Here it is the legacy format of LZ4 (lz4_Frame_format.md) that
/// distributions pack their kernels for virtual machines in, and only a kernel that can be entered as Xen's are (CONFIG_PVH).
func unpackKernel(_ image: borrowing OwnedFD) throws(SyscallError) -> OwnedFD? {
    guard let payload = try Payload(image), try readBytes(image, at: payload.start, count: 4) == lz4Magic else { return nil }
    let kernel = try makeMemoryFile("kernel")
    var place = payload.start + 4
    // A length that the kernel's build appends is no block.
    while place + 4 < payload.end {
        let size = word(try readBytes(image, at: place, count: 4), 0)
        place += 4
        guard size > 0, size <= largestPacked, place + UInt64(size) <= payload.end else { return nil }
        guard let block = unpackBlock(try readBytes(image, at: place, count: Int(size))) else { return nil }
        try write(block, to: kernel)
        place += UInt64(size)
    }
    guard place + 4 == payload.end, try status(of: kernel).size == UInt64(word(try readBytes(image, at: place, count: 4), 0)) else {
        return nil
    }
    guard try canBeEntered(kernel) else { return nil }
    return kernel
}

private let lz4Magic: [UInt8] = [0x02, 0x21, 0x4c, 0x18]
/// Of a block that is unpacked.
private let largestBlock = 8 << 20
/// Of a block of bytes that could not be packed.
private let largestPacked = largestBlock + largestBlock / 255 + 16

/// Where in an image the packed kernel is.
private struct Payload {
    let start: UInt64
    let end: UInt64

    init?(_ image: borrowing OwnedFD) throws(SyscallError) {
        let head = try readBytes(image, at: 0, count: 0x250)
        // From version 2.08 of the protocol on.
        guard head.count == 0x250, head[0x202..<0x206].elementsEqual("HdrS".utf8), word(head, 0x206) & 0xffff >= 0x208 else { return nil }
        let sectors = UInt64(head[0x1f1] == 0 ? 4 : head[0x1f1])
        start = (sectors + 1) * 512 + UInt64(word(head, 0x248))
        end = start + UInt64(word(head, 0x24c))
        guard end - start > 8, try status(of: image).size >= end else { return nil }
    }
}

private func unpackBlock(_ packed: [UInt8]) -> [UInt8]? {
    var count: Int32 = -1
    let block = unsafe [UInt8](unsafeUninitializedCapacity: largestBlock) { buffer, initialized in
        count = unsafe packed.withUnsafeBytes { source in
            unsafe LZ4_decompress_safe(
                source.bindMemory(to: CChar.self).baseAddress, UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self),
                Int32(packed.count), Int32(largestBlock))
        }
        initialized = max(0, Int(count))
    }
    return count < 0 ? nil : block
}

/// Whether it is an executable of 64 bits with a note that tells the address to enter it at (`XEN_ELFNOTE_PHYS32_ENTRY` of Xen's
/// public/elfnote.h), without which QEMU does not start it.
private func canBeEntered(_ kernel: borrowing OwnedFD) throws(SyscallError) -> Bool {
    let head = try readBytes(kernel, at: 0, count: 64)
    guard head.count == 64, head[0..<6].elementsEqual([0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return false }
    let table = UInt64(word(head, 32))
    for index in 0..<UInt64(word(head, 56) & 0xffff) {
        let entry = try readBytes(kernel, at: table + index * 56, count: 56)
        guard entry.count == 56 else { return false }
        let isNote = word(entry, 0) == 4
        guard isNote, word(entry, 32) <= 1 << 20 else { continue }
        if hasEntry(try readBytes(kernel, at: UInt64(word(entry, 8)), count: Int(word(entry, 32)))) { return true }
    }
    return false
}

/// Each note: lengths of its name and of what it says, its type, both padded to four bytes.
private func hasEntry(_ notes: [UInt8]) -> Bool {
    var place = 0
    while place + 12 <= notes.count {
        let name = Int(word(notes, place))
        let isEntry = name == 4 && word(notes, place + 8) == 18 && notes[(place + 12)...].starts(with: "Xen\0".utf8)
        if isEntry { return true }
        place += 12 + padded(name) + padded(Int(word(notes, place + 4)))
    }
    return false
}

private func padded(_ count: Int) -> Int { (count + 3) & ~3 }

/// Of little end first; `place + 4` is not beyond the end.
private func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
}
