import CLinux

/// Reads once, at most `count` bytes; empty at the end of the file.
///
/// The corresponding system call is `read(2)`.
public func read(_ fd: borrowing OwnedFD, count: Int, subject: String? = nil) throws(SyscallError) -> [UInt8] {
    let raw = fd.raw
    var buffer = [UInt8](repeating: 0, count: count)
    let received = try call("read", subject) { unsafe clinux_read(raw, &buffer, count) }
    buffer.removeLast(count - received)
    return buffer
}

/// Reads to the end, from where the descriptor stands.
///
/// More than `limit` bytes are refused with EFBIG, so that neither /dev/zero nor a huge file fills the memory.
public func readAll(_ fd: borrowing OwnedFD, limit: Int, subject: String? = nil) throws(SyscallError) -> [UInt8] {
    let raw = fd.raw
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit + 1, 64 * 1024))
    while true {
        let size = buffer.count
        let received = try call("read", subject) { unsafe clinux_read(raw, &buffer, size) }
        if received == 0 { return content }
        guard content.count + received <= limit else {
            throw SyscallError("read", [subject, "more than \(limit) bytes"].compactMap(\.self).joined(separator: ": "), .tooLarge)
        }
        content += buffer[..<received]
    }
}

/// The bytes of the file at `path`; more than `limit` are refused with EFBIG.
public func readFile(_ path: String, limit: Int) throws(SyscallError) -> [UInt8] {
    try readAll(open(path, .readOnly), limit: limit, subject: path)
}

/// The text of the file at `path`: UTF-8, else EILSEQ; more than `limit` bytes are refused with EFBIG.
public func readText(_ path: String, limit: Int = 1 << 20) throws(SyscallError) -> String {
    try text(readFile(path, limit: limit), subject: path)
}

/// The text that is left to read: UTF-8, else EILSEQ; more than `limit` bytes are refused with EFBIG.
public func readText(_ fd: borrowing OwnedFD, limit: Int = 1 << 20, subject: String? = nil) throws(SyscallError) -> String {
    try text(readAll(fd, limit: limit, subject: subject), subject: subject)
}

private func text(_ bytes: [UInt8], subject: String?) throws(SyscallError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SyscallError("read", subject, .notText) }
    return text
}

/// Writes once; the result is how many bytes went.
///
/// The corresponding system call is `write(2)`.
public func writeSome(_ bytes: ArraySlice<UInt8>, to fd: borrowing OwnedFD, subject: String? = nil) throws(SyscallError) -> Int {
    let raw = fd.raw
    return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(SyscallError) in
        try call("write", subject) { unsafe clinux_write(raw, buffer.baseAddress, buffer.count) }
    }
}

/// Writes all of `bytes`, in one write(2) if the file takes them so, as the kernel's control files do.
public func write(_ bytes: [UInt8], to fd: borrowing OwnedFD, subject: String? = nil) throws(SyscallError) {
    var rest = bytes[...]
    repeat {
        rest = rest.dropFirst(try writeSome(rest, to: fd, subject: subject))
    } while !rest.isEmpty
}

/// Writes all of `text`, in one write(2) if the file takes it so, as the kernel's control files do.
public func write(_ text: String, to fd: borrowing OwnedFD, subject: String? = nil) throws(SyscallError) {
    try write([UInt8](text.utf8), to: fd, subject: subject)
}

/// Writes `text` to the file at `path`, which must be there: a control file of the kernel.
public func write(_ text: String, to path: String) throws(SyscallError) {
    try write(text, to: open(path, .writeOnly), subject: path)
}

/// Writes `text` to the file at `path` beneath `directory`, which must be there: a control file of the kernel.
public func write(_ text: String, to path: String, beneath directory: borrowing OwnedFD) throws(SyscallError) {
    try write(text, to: open(path, beneath: directory, .writeOnly), subject: path)
}

/// Waits until the file, or the directory's names, are on the disk. The corresponding system call is `fsync(2)`.
public func synchronize(_ fd: borrowing OwnedFD, subject: String? = nil) throws(SyscallError) {
    let raw = fd.raw
    try call("fsync", subject) { clinux_fsync(raw) }
}
