internal import CLZ4
internal import Kernel

/// The kernel proper of an image for x86, in memory, for QEMU to start without the image's loader; nil: the loader is needed.
///
/// The image is a program that unpacks the kernel and moves it to an address of chance (Documentation/arch/x86/boot.rst). Where each of
/// its instructions must be translated that is a fifth of the boot. Here it is the legacy format of LZ4 (lz4_Frame_format.md), in which
/// Debian packs its kernels for virtual machines, and only a kernel that can be entered as Xen's are (CONFIG_PVH).
func unpackKernel(_ image: borrowing OwnedFD) throws(SyscallError) -> OwnedFD? {
    guard let (start, count) = try payload(image) else { return nil }
    let packed = try readBytes(image, at: start, count: count)
    guard packed.count == count, packed.starts(with: lz4Magic) else { return nil }
    // The kernel's build appends it.
    let size = Int(word(packed, count - 4))
    let kernel = try makeMemoryFile("kernel")
    guard size > 0 else { return nil }
    try truncate(kernel, to: UInt64(size))
    guard try unpack(packed, to: MappedFile(kernel, count: size)), try canBeEntered(kernel) else { return nil }
    return kernel
}

private let lz4Magic: [UInt8] = [0x02, 0x21, 0x4c, 0x18]
/// Of a block that is unpacked.
private let largestBlock = 8 << 20
/// Of a block of bytes that could not be packed.
private let largestPacked = largestBlock + largestBlock / 255 + 16

/// Where in an image the packed kernel is, of protocol 2.08 and later; at least the magic and a length.
private func payload(_ image: borrowing OwnedFD) throws(SyscallError) -> (start: UInt64, count: Int)? {
    let head = try readBytes(image, at: 0, count: 0x250)
    guard head.count == 0x250, head[0x202..<0x206].elementsEqual("HdrS".utf8), word(head, 0x206) & 0xffff >= 0x208 else { return nil }
    let sectors = UInt64(head[0x1f1] == 0 ? 4 : head[0x1f1])
    let start = (sectors + 1) * 512 + UInt64(word(head, 0x248))
    let count = word(head, 0x24c)
    guard count >= 8, start + UInt64(count) <= (try status(of: image).size) else { return nil }
    return (start, Int(count))
}

/// Each block after its length, the kernel's own behind the last. Whether they fill the kernel's memory, and nothing is left.
private func unpack(_ packed: [UInt8], to kernel: borrowing MappedFile) -> Bool {
    let end = packed.count - 4
    return unsafe kernel.withBytes { kernel in
        var (place, filled) = (lz4Magic.count, 0)
        while place + 4 <= end {
            let length = Int(word(packed, place))
            place += 4
            guard length > 0, length <= min(largestPacked, end - place) else { return false }
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: kernel[filled...].prefix(largestBlock))
            let count = unsafe packed[place..<(place + length)].withUnsafeBytes { source in
                unsafe LZ4_decompress_safe(
                    source.bindMemory(to: CChar.self).baseAddress, target.bindMemory(to: CChar.self).baseAddress, Int32(length),
                    Int32(target.count))
            }
            guard count >= 0 else { return false }
            place += length
            filled += Int(count)
        }
        return place == end && filled == kernel.count
    }
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
        // PT_NOTE
        guard word(entry, 0) == 4, word(entry, 32) <= 1 << 20 else { continue }
        if hasEntry(try readBytes(kernel, at: UInt64(word(entry, 8)), count: Int(word(entry, 32)))) { return true }
    }
    return false
}

/// Each note: lengths of its name and of what it says, its type, both padded to four bytes.
private func hasEntry(_ notes: [UInt8]) -> Bool {
    var place = 0
    while place + 12 <= notes.count {
        let name = Int(word(notes, place))
        if name == 4, word(notes, place + 8) == 18, notes[(place + 12)...].starts(with: "Xen\0".utf8) { return true }
        place += 12 + padded(name) + padded(Int(word(notes, place + 4)))
    }
    return false
}

private func padded(_ count: Int) -> Int { (count + 3) & ~3 }

/// Of little end first; `place + 4` is not beyond the end.
private func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
}
