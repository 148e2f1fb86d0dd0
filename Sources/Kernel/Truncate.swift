import CLinux

/// Cuts the file off, or lets it grow by zeros. The corresponding system call is `ftruncate(2)`.
public func truncate(_ fd: borrowing OwnedFD, to length: UInt64) throws(SyscallError) {
    let raw = fd.raw
    try call("ftruncate") { clinux_ftruncate(raw, Int(length)) }
}
