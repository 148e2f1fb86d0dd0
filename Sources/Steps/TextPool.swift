/// Owns the memory that the steps of one plan point to.
///
/// A plan keeps its pool; the child, being a copy of the process, never frees it.
@safe public final class TextPool {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    public init() {}

    deinit {
        for unsafe block in unsafe blocks { unsafe block.deallocate() }
    }

    /// nil when `text` contains a NUL, which no system call can carry.
    public func intern(_ text: String) -> CText? {
        let utf8 = text.utf8
        guard !utf8.contains(0) else { return nil }
        let bytes = unsafe allocate(utf8.count + 1)
        var index = 0
        for byte in utf8 {
            unsafe bytes[index] = byte
            index += 1
        }
        unsafe bytes[index] = 0
        let characters = unsafe UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self)
        return unsafe CText(characters, count: index)
    }

    /// An argv or envp of these texts.
    public func intern(_ texts: [CText]) -> CTexts {
        let pointers = unsafe allocatePointers(texts.count + 1)
        for (index, text) in texts.enumerated() { unsafe pointers[index] = unsafe text.pointer }
        unsafe pointers[texts.count] = nil
        return unsafe CTexts(pointers, count: texts.count)
    }

    /// An argv or envp of these texts; nil when one contains a NUL.
    public func intern(all texts: [String]) -> CTexts? {
        var interned: [CText] = []
        for text in texts {
            guard let text = intern(text) else { return nil }
            interned.append(text)
        }
        return intern(interned)
    }

    /// A copy of these bytes.
    public func intern(_ bytes: [UInt8]) -> CBytes {
        let copy = unsafe allocate(max(bytes.count, 1))
        for (index, byte) in bytes.enumerated() { unsafe copy[index] = byte }
        return unsafe CBytes(copy, count: bytes.count)
    }

    /// Zeroed room for the child to write into; 8-byte aligned.
    public func reserve(_ count: Int) -> CBytes {
        let bytes = unsafe allocate(count)
        for index in 0..<count { unsafe bytes[index] = 0 }
        return unsafe CBytes(bytes, count: count)
    }

    private func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let block = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        unsafe blocks.append(block)
        return unsafe block.bindMemory(to: UInt8.self, capacity: count)
    }

    private func allocatePointers(_ count: Int) -> UnsafeMutablePointer<UnsafePointer<CChar>?> {
        let size = unsafe count * MemoryLayout<UnsafePointer<CChar>?>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe blocks.append(block)
        return unsafe block.bindMemory(to: UnsafePointer<CChar>?.self, capacity: count)
    }
}
