/// Text made before the clone: NUL-terminated bytes that live as long as the pool that interned them.
@safe public struct CText: BitwiseCopyable {
    public let pointer: UnsafePointer<CChar>
    /// Bytes, without the NUL.
    public let count: Int

    init(_ pointer: UnsafePointer<CChar>, count: Int) {
        unsafe self.pointer = unsafe pointer
        self.count = count
    }
}

extension CText: CustomStringConvertible {
    public var description: String { unsafe String(cString: pointer) }
}

/// A NULL-terminated array of texts, as argv and envp are.
@safe public struct CTexts: BitwiseCopyable {
    public let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>
    public let count: Int

    init(_ pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>, count: Int) {
        unsafe self.pointer = unsafe pointer
        self.count = count
    }

    /// The texts, for whoever prints a plan.
    public var strings: [String] {
        var result: [String] = []
        for index in 0..<count {
            if let text = unsafe pointer[index] { result.append(unsafe String(cString: text)) }
        }
        return result
    }
}

/// Bytes made before the clone, which the child may also write.
@safe public struct CBytes: BitwiseCopyable {
    public let pointer: UnsafeMutablePointer<UInt8>
    public let count: Int

    init(_ pointer: UnsafeMutablePointer<UInt8>, count: Int) {
        unsafe self.pointer = unsafe pointer
        self.count = count
    }

    /// The same memory as text, up to its first NUL; there must be one.
    public var text: CText {
        let characters = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
        var length = 0
        while unsafe pointer[length] != 0 { length += 1 }
        return unsafe CText(characters, count: length)
    }
}
