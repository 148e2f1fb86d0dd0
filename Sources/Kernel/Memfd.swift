import CLinux

/// What can never be done to a memory file again.
public struct Seals: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Adding seals.
    public static let seal = Seals(rawValue: F_SEAL_SEAL)
    public static let shrink = Seals(rawValue: F_SEAL_SHRINK)
    public static let grow = Seals(rawValue: F_SEAL_GROW)
    public static let write = Seals(rawValue: F_SEAL_WRITE)
    public static let all: Seals = [.seal, .shrink, .grow, .write]
}

/// Makes a file that lives in memory and takes seals; `name` is what /proc shows.
///
/// The corresponding system call is `memfd_create(2)`.
public func makeMemoryFile(_ name: String) throws(SyscallError) -> OwnedFD {
    let flags = UInt32(MFD_CLOEXEC | MFD_ALLOW_SEALING)
    do throws(SyscallError) {
        // Where vm.memfd_noexec is 1 a file must be asked for as executable to become one.
        return try makeMemoryFile(name, flags | UInt32(CLINUX_MFD_EXEC))
    } catch {
        // Linux before 6.3 does not know the flag.
        guard error.errno == .invalid else { throw error }
        return try makeMemoryFile(name, flags)
    }
}

private func makeMemoryFile(_ name: String, _ flags: UInt32) throws(SyscallError) -> OwnedFD {
    OwnedFD(adopting: try call("memfd_create", name) { unsafe clinux_memfd_create(name, flags) })
}

/// EBUSY while a writable mapping is there. The corresponding system call is `fcntl(2)` with `F_ADD_SEALS`.
public func add(_ seals: Seals, to fd: borrowing OwnedFD) throws(SyscallError) {
    let raw = fd.raw
    try call("fcntl", "F_ADD_SEALS") { clinux_fcntl(raw, Int32(CLINUX_F_ADD_SEALS), Int(seals.rawValue)) }
}

/// EINVAL when `fd` is no file that can have seals. The corresponding system call is `fcntl(2)` with `F_GET_SEALS`.
public func seals(of fd: borrowing OwnedFD) throws(SyscallError) -> Seals {
    let raw = fd.raw
    return Seals(rawValue: try call("fcntl", "F_GET_SEALS") { clinux_fcntl(raw, Int32(CLINUX_F_GET_SEALS), 0) })
}

/// Copies from where `source` stands to its end, within the kernel. The corresponding system call is `sendfile(2)`.
public func copy(_ source: borrowing OwnedFD, to target: borrowing OwnedFD) throws(SyscallError) {
    let from = source.raw
    let to = target.raw
    while try call("sendfile", nil, { clinux_sendfile(to, from, 1 << 30) }) > 0 {}
}
