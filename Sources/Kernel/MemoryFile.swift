import CLinux

/// A new file that lives in memory only, close-on-exec; `name` shows in /proc/self/fd and nowhere else.
///
/// The corresponding system call is `memfd_create(2)`.
public func createMemoryFile(_ name: String) throws(SyscallError) -> OwnedFD {
    OwnedFD(adopting: try call("memfd_create", name) { unsafe clinux_memfd_create(name, UInt32(MFD_CLOEXEC)) })
}

/// The bytes of a file that can be read at an offset, from its start, wherever its position stands.
///
/// The corresponding system call is `pread(2)`.
public func readFromStart(_ file: borrowing OwnedFD, _ subject: String) throws(SyscallError) -> [UInt8] {
    let fd = file.raw
    var bytes: [UInt8] = []
    let size = 1 << 14
    var chunk = [UInt8](repeating: 0, count: size)
    while true {
        let offset = bytes.count
        let count = try call("pread", subject) { unsafe clinux_pread(fd, &chunk, size, offset) }
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: chunk[..<count])
    }
}
