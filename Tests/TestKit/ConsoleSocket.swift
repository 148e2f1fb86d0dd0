import Glibc

/// The listening end of --console-socket.
public final class ConsoleSocket {
    public let path: String
    private let listener: Descriptor

    public init() throws {
        let scratch = try Scratch.required()
        path = scratch.directory + "/" + scratch.unique("pty")
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard fd >= 0 else { throw Failure("socket: \(errnoText())") }
        listener = Descriptor(try Descriptor.high(fd))
        var address = sockaddr_un()
        address.sun_family = UInt16(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { throw Failure("\(path) is too long for a socket") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, listen(listener.raw, 4) == 0 else { throw Failure("bind \(path): \(errnoText())") }
    }

    /// One message of one connection.
    public struct Message {
        public var bytes: [UInt8]
        public var descriptors: [Descriptor]
        /// Whether the sender closed after it.
        public var isLast: Bool
    }

    public func receive(_ deadline: Deadline = .usual) throws -> Message {
        guard readable([listener.raw], deadline)[0] else { throw Failure("waited for a connection to \(path)") }
        let fd = accept(listener.raw, nil, nil)
        guard fd >= 0 else { throw Failure("accept: \(errnoText())") }
        let connection = Descriptor(try Descriptor.high(fd))
        guard readable([connection.raw], deadline)[0] else { throw Failure("waited for a message on \(path)") }
        let (bytes, descriptors) = try message(connection.raw)
        guard readable([connection.raw], deadline)[0] else { throw Failure("waited for the end of the connection to \(path)") }
        return Message(bytes: bytes, descriptors: descriptors, isLast: try message(connection.raw).0.isEmpty)
    }

    /// The master alone, with the checks of containerd's receiver: some payload, exactly one descriptor, a terminal.
    public func terminal(_ deadline: Deadline = .usual) throws -> Terminal {
        let message = try receive(deadline)
        guard (1...4095).contains(message.bytes.count) else { throw Failure("\(message.bytes.count) bytes of payload") }
        guard message.descriptors.count == 1 else { throw Failure("\(message.descriptors.count) descriptors") }
        return Terminal(message.descriptors[0])
    }
}

/// recvmsg(2) with SCM_RIGHTS, whose macros Swift cannot import: a control message is its length (8 bytes), level and type (4 each), and the data.
private func message(_ socket: Int32) throws -> ([UInt8], [Descriptor]) {
    var payload = [UInt8](repeating: 0, count: 4096)
    var control = [UInt8](repeating: 0, count: 256)
    let (count, controlCount) = unsafe payload.withUnsafeMutableBytes { payload in
        unsafe control.withUnsafeMutableBytes { control in
            var vector = unsafe iovec(iov_base: payload.baseAddress, iov_len: payload.count)
            return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                var header = unsafe msghdr()
                unsafe header.msg_iov = vector
                unsafe header.msg_iovlen = 1
                unsafe header.msg_control = control.baseAddress
                unsafe header.msg_controllen = control.count
                let count = unsafe recvmsg(socket, &header, 0)
                return (count, Int(unsafe header.msg_controllen))
            }
        }
    }
    guard count >= 0 else { throw Failure("recvmsg: \(errnoText())") }
    var descriptors: [Descriptor] = []
    var offset = 0
    while offset + 16 <= controlCount {
        let length = Int(load(control, offset, UInt64.self))
        let (level, type) = (load(control, offset + 8, Int32.self), load(control, offset + 12, Int32.self))
        if level == SOL_SOCKET && type == 1 {
            for place in stride(from: offset + 16, to: offset + length, by: 4) {
                descriptors.append(Descriptor(try Descriptor.high(load(control, place, Int32.self))))
            }
        }
        offset += (length + 7) & ~7
        if length < 16 { break }
    }
    return (Array(payload[..<count]), descriptors)
}

private func load<Number: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _: Number.Type) -> Number {
    unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
}
