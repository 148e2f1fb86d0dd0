internal import Kernel

/// An archive in the `newc` format of cpio, which the kernel unpacks as its first root (Documentation/driver-api/early-userspace/
/// buffer-format.rst), written to a file as it grows.
struct Archive: ~Copyable {
    let file: OwnedFD
    private var count: UInt32 = 0
    private var size: UInt64 = 0

    init(_ file: consuming OwnedFD) { self.file = file }

    mutating func add(directory name: String) throws(SyscallError) { try begin(name, 0o40755, size: 0) }

    mutating func add(link name: String, to target: String) throws(SyscallError) {
        try add(name, 0o120777, Array(target.utf8))
    }

    mutating func add(text name: String, _ text: String) throws(SyscallError) { try add(name, 0o100644, Array(text.utf8)) }

    mutating func add(terminal name: String, major: UInt32, minor: UInt32) throws(SyscallError) {
        try begin(name, 0o20600, size: 0, DeviceNumber(major: major, minor: minor))
    }

    /// A copy of the file of the host at `path`.
    mutating func add(file name: String, _ permissions: UInt32, from path: String) throws(SyscallError) {
        let source = try open(path, .readOnly)
        let status = try status(of: source)
        guard status.kind == .regular, status.size < 1 << 32 else { throw SyscallError("open", path, .invalid) }
        try begin(name, 0o100000 | permissions, size: UInt32(status.size))
        try copy(source, to: file)
        size += status.size
        guard try Kernel.status(of: file).size == size else { throw SyscallError("read", path, .stale) }
        try pad()
    }

    consuming func finish() throws(SyscallError) -> OwnedFD {
        try begin("TRAILER!!!", 0, size: 0)
        return file
    }

    private mutating func add(_ name: String, _ mode: UInt32, _ contents: [UInt8]) throws(SyscallError) {
        try begin(name, mode, size: UInt32(contents.count))
        try put(contents)
        try pad()
    }

    private mutating func begin(
        _ name: String, _ mode: UInt32, size: UInt32, _ device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
    ) throws(SyscallError) {
        count += 1
        // Inode, mode, owner, group, links, time, size, the filesystem's device, the node's, the name's length, a sum that is not used.
        let fields = [count, mode, 0, 0, 1, 0, size, 0, 0, device.major, device.minor, UInt32(name.utf8.count + 1), 0]
        var header = Array("070701".utf8)
        for field in fields {
            let digits = String(field, radix: 16)
            header += Array(repeating: UInt8(ascii: "0"), count: 8 - digits.utf8.count) + Array(digits.utf8)
        }
        try put(header + Array(name.utf8) + [0])
        try pad()
    }

    private mutating func put(_ bytes: [UInt8]) throws(SyscallError) {
        try write(bytes, to: file)
        size += UInt64(bytes.count)
    }

    private mutating func pad() throws(SyscallError) {
        if size % 4 != 0 { try put(Array(repeating: 0, count: Int(4 - size % 4))) }
    }
}
