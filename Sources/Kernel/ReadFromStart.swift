import CLinux

/// The bytes of a file that can be read at an offset, from its start, wherever its position stands: what another has just written,
/// or a control file once more.
///
/// The corresponding system call is `pread(2)`.
public func readFromStart(_ fd: borrowing OwnedFD, subject: String? = nil) throws(SyscallError) -> [UInt8] {
    let raw = fd.raw
    let size = 16 * 1024
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
        let offset = content.count
        let received = try call("pread", subject) { unsafe clinux_pread(raw, &buffer, size, offset) }
        if received == 0 { return content }
        content += buffer[..<received]
    }
}

/// At most `count` bytes from `offset` on, fewer only at the file's end, wherever its position stands.
///
/// The corresponding system call is `pread(2)`.
public func readBytes(_ fd: borrowing OwnedFD, at offset: UInt64, count: Int) throws(SyscallError) -> [UInt8] {
    let raw = fd.raw
    var buffer = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
        let start = filled
        let received = try unsafe buffer.withUnsafeMutableBufferPointer { (bytes) throws(SyscallError) in
            let rest = unsafe UnsafeMutableBufferPointer(rebasing: bytes[start...])
            return try call("pread") { unsafe clinux_pread(raw, rest.baseAddress, rest.count, Int(offset) + start) }
        }
        if received == 0 { break }
        filled += received
    }
    buffer.removeLast(count - filled)
    return buffer
}

/// Has reads and writes go on from the file's start. The corresponding system call is `lseek(2)`.
public func rewind(_ fd: borrowing OwnedFD) throws(SyscallError) {
    let raw = fd.raw
    try call("lseek") { clinux_lseek(raw, 0, SEEK_SET) }
}
