import CLinux

/// What was received at once from a socket.
@frozen
public struct Message: ~Copyable, Sendable {
    /// Empty: the other end is closed, or the message was.
    public var bytes: [UInt8]
    /// The descriptor that came along, close-on-exec.
    public var descriptor: OwnedFD?
}

/// Sends `bytes`; the result is how many went. EPIPE, without a signal, when the other end is closed.
///
/// The corresponding system call is `sendmsg(2)`.
@discardableResult
public func send(_ bytes: [UInt8], on socket: borrowing OwnedFD) throws(SyscallError) -> Int {
    let raw = socket.raw
    return try call("sendmsg") { unsafe clinux_send_fd(raw, bytes, bytes.count, -1) }
}

/// Sends `bytes`, one at least, and with them a descriptor of the open file of `descriptor`; the result is how many bytes went.
///
/// The corresponding system call is `sendmsg(2)` with `SCM_RIGHTS`.
@discardableResult
public func send(
    _ bytes: [UInt8], with descriptor: borrowing OwnedFD, on socket: borrowing OwnedFD
) throws(SyscallError) -> Int {
    precondition(!bytes.isEmpty, "a descriptor does not travel on a stream without a byte")
    let raw = socket.raw
    let passed = descriptor.raw
    return try call("sendmsg", "with a descriptor") { unsafe clinux_send_fd(raw, bytes, bytes.count, passed) }
}

/// Receives at most `count` bytes and one descriptor; of more descriptors than one the rest is dropped.
///
/// The corresponding system call is `recvmsg(2)`.
public func receive(_ socket: borrowing OwnedFD, count: Int) throws(SyscallError) -> Message {
    let raw = socket.raw
    var buffer = [UInt8](repeating: 0, count: count)
    var descriptor: Int32 = -1
    let received = try call("recvmsg") { unsafe clinux_receive_fd(raw, &buffer, count, &descriptor) }
    buffer.removeLast(count - received)
    return Message(bytes: buffer, descriptor: descriptor < 0 ? nil : OwnedFD(adopting: descriptor))
}
