import CLinux

/// The first bytes of a file, as memory that is the file's: what is written is in the file at once. Gone with the value.
///
/// The file must not become shorter meanwhile: reading what it has lost kills the process (SIGBUS). A memory file of one's own does not.
@safe public struct MappedFile: ~Copyable {
    private let address: UnsafeMutableRawPointer
    private let count: Int

    /// EINVAL for no bytes. The corresponding system call is `mmap(2)`.
    public init(_ file: borrowing OwnedFD, count: Int) throws(SyscallError) {
        let raw = file.raw
        let result = try call("mmap") { clinux_mmap(count, PROT_READ | PROT_WRITE, MAP_SHARED, raw) }
        guard let address = unsafe UnsafeMutableRawPointer(bitPattern: result) else { throw SyscallError("mmap", nil, .noMemory) }
        unsafe self.address = address
        self.count = count
    }

    /// They are there as long as the body runs.
    public borrowing func withBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeMutableRawBufferPointer(start: address, count: count))
    }

    deinit { _ = unsafe clinux_munmap(address, count) }
}
