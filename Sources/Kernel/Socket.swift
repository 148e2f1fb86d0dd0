import CLinux

/// What a socket carries.
public enum SocketKind: Hashable, Sendable {
    /// Bytes without borders.
    case stream
    /// Messages, each received whole; an end is seen.
    case packets
    /// Messages, each received whole, without a connection.
    case datagrams

    fileprivate var type: Int32 {
        switch self {
        case .stream: Int32(CLINUX_SOCK_STREAM) | Int32(CLINUX_SOCK_CLOEXEC)
        case .packets: Int32(CLINUX_SOCK_SEQPACKET) | Int32(CLINUX_SOCK_CLOEXEC)
        case .datagrams: Int32(CLINUX_SOCK_DGRAM) | Int32(CLINUX_SOCK_CLOEXEC)
        }
    }
}

/// Two Unix sockets connected to each other.
@frozen
public struct SocketPair: ~Copyable, Sendable {
    public var first: OwnedFD
    public var second: OwnedFD

    /// The corresponding system call is `socketpair(2)`.
    public init(_ kind: SocketKind) throws(SyscallError) {
        var fds: [Int32] = [-1, -1]
        try call("socketpair") { unsafe clinux_socketpair(Int32(CLINUX_AF_UNIX), kind.type, 0, &fds) }
        first = OwnedFD(adopting: fds[0])
        second = OwnedFD(adopting: fds[1])
    }
}

/// Connects to the Unix socket at `path`, of any length. The corresponding system call is `connect(2)`.
public func connect(_ path: String, _ kind: SocketKind = .stream) throws(SyscallError) -> OwnedFD {
    let socket = try makeSocket(kind)
    let raw = socket.raw
    try addressing(path) { (address) throws(SyscallError) in
        try call("connect", path) { unsafe clinux_connect_unix(raw, address) }
    }
    return socket
}

/// Connects to the Unix socket of the abstract name `name` (unix(7)). The corresponding system call is `connect(2)`.
public func connect(abstract name: String, _ kind: SocketKind = .stream) throws(SyscallError) -> OwnedFD {
    let socket = try makeSocket(kind)
    let raw = socket.raw
    try call("connect", "@\(name)") { unsafe clinux_connect_abstract(raw, name) }
    return socket
}

/// Connects to the stream socket at `path`, of any length, which then refuses to wait. ETIMEDOUT: nobody took the connection in time.
///
/// A listener that has stopped lets as many connect as its backlog holds; the next one would wait for ever.
/// The corresponding system call is `connect(2)`.
public func connect(_ path: String, until deadline: Deadline) throws(SyscallError) -> OwnedFD {
    let socket = try makeSocket(.stream)
    try setBlocking(socket, .refuses)
    let raw = socket.raw
    try addressing(path) { (address) throws(SyscallError) in
        while true {
            do throws(SyscallError) {
                try call("connect", path) { unsafe clinux_connect_unix(raw, address) }
                return
            } catch {
                guard error.errno == .tryAgain else { throw error }
                if deadline.hasPassed { throw SyscallError("connect", path, .timedOut) }
                // The kernel does not tell when there is room again.
                _ = try poll([], until: .after(.milliseconds(10)))
            }
        }
    }
    return socket
}

/// Makes a Unix socket at `path`, of any length, and listens. EADDRINUSE when a file is there already.
///
/// The corresponding system calls are `bind(2)` and `listen(2)`; the umask applies.
public func listen(_ path: String, _ kind: SocketKind = .stream, backlog: Int32 = 16) throws(SyscallError) -> OwnedFD {
    let socket = try makeSocket(kind)
    let raw = socket.raw
    try addressing(path) { (address) throws(SyscallError) in
        try call("bind", path) { unsafe clinux_bind_unix(raw, address) }
    }
    if kind != .datagrams {
        try call("listen", path) { clinux_listen(raw, backlog) }
    }
    return socket
}

/// The next connection. The corresponding system call is `accept4(2)`.
public func accept(_ listener: borrowing OwnedFD) throws(SyscallError) -> OwnedFD {
    let raw = listener.raw
    return OwnedFD(adopting: try call("accept") { clinux_accept4(raw, Int32(CLINUX_SOCK_CLOEXEC)) })
}

private func makeSocket(_ kind: SocketKind) throws(SyscallError) -> OwnedFD {
    OwnedFD(adopting: try call("socket") { clinux_socket(Int32(CLINUX_AF_UNIX), kind.type, 0) })
}

/// Gives `body` an address that fits the 107 bytes there are: for a longer path, one through a descriptor of its directory.
private func addressing(
    _ path: String, _ body: (String) throws(SyscallError) -> Void
) throws(SyscallError) {
    guard path.utf8.count > 107 else { return try body(path) }
    let directory = try open(Path.parent(path), [.path, .directory])
    try body("/proc/self/fd/\(directory.raw)/\(Path.lastComponent(path))")
}

/// Who made the other end of a connection.
public struct PeerCredentials: Hashable, Sendable {
    public let pid: Int32
    public let uid: UInt32
    public let gid: UInt32
}

/// The corresponding system call is `getsockopt(2)` with `SO_PEERCRED`.
public func peerCredentials(of socket: borrowing OwnedFD) throws(SyscallError) -> PeerCredentials {
    let raw = socket.raw
    var peer = clinux_ucred()
    try call("getsockopt", "SO_PEERCRED") { unsafe clinux_peer_credentials(raw, &peer) }
    return PeerCredentials(pid: peer.pid, uid: peer.uid, gid: peer.gid)
}
