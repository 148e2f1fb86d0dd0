public import Kernel

/// Where the program of a container tells that it is ready, as sd_notify(3) does it: a socket of the container's own.
///
/// Of what the program sends only readiness is heard: pids that it could name are those of its namespace.
public struct NotifySocket: ~Copyable {
    /// Where the container sees the directory of the socket.
    public static let directory = "/run/notify"
    public static let name = "notify.sock"

    private let program: OwnedFD

    /// Makes the socket at `path`, for everybody to write to.
    public init(_ path: String) throws(SyscallError) {
        let program = try openToAll(path)
        try setBlocking(program, .refuses)
        self.program = program
    }

    /// Becomes readable when the program sends.
    public var watch: Watch { Watch(program, .readable) }

    /// Takes what the program has sent, at most a full queue of it; whether that it is ready was among it.
    public func takeReadiness() throws(SyscallError) -> Bool {
        // The longest queue that net.unix.max_dgram_qlen gives anywhere; who never ends sending is to hold nobody up.
        for _ in 0..<1024 {
            do throws(SyscallError) {
                // A descriptor that comes along is closed by this: it is the program waiting for that (sd_notify_barrier(3)).
                let message = try receive(program, count: 4096)
                if message.bytes.split(separator: UInt8(ascii: "\n")).contains(where: { $0.elementsEqual("READY=1".utf8) }) { return true }
            } catch {
                if error.errno == .tryAgain { return false }
                throw error
            }
        }
        return false
    }

    /// Says it in the program's place, at the socket in `directory`. A container may be able to write there: nothing leads out of it, and
    /// nothing is waited for.
    public static func tellReadiness(in directory: borrowing OwnedFD) throws(SyscallError) {
        let file = try open(name, beneath: directory, .path)
        let socket = try connect("/proc/self/fd/\(file.raw)", .datagrams)
        try setBlocking(socket, .refuses)
        try send(Array("READY=1\n".utf8), on: socket)
    }
}

/// Who started the runtime, and waits to be told that what it stands for is ready. Its socket is never seen in a container.
public struct NotifyReceiver: ~Copyable {
    private let manager: OwnedFD

    /// Connects to the manager at `address`, as $NOTIFY_SOCKET has it: a path, or an abstract name behind `@`.
    public init(_ address: String) throws(SyscallError) {
        manager =
            address.hasPrefix("@")
            ? try connect(abstract: String(address.dropFirst()), .datagrams) : try connect(address, .datagrams)
    }

    /// Tells the manager, and which process it is to take for the service's main one.
    public func tellReadiness(of pid: Int32) throws(SyscallError) {
        try send(Array("READY=1\nMAINPID=\(pid)\n".utf8), on: manager)
    }

    /// Waits until the manager has read all that was told, at most until `deadline`: of a sender that has ended by then it could not tell
    /// whose it was. sd_notify_barrier(3).
    public func awaitReader(until deadline: Deadline) throws(SyscallError) {
        let reader = try sentBarrier()
        _ = try poll([Watch(reader, .readable)], until: deadline)
    }

    /// A pipe's end that hangs up when the manager has closed the other.
    private func sentBarrier() throws(SyscallError) -> OwnedFD {
        let pipe = try Pipe()
        try send(Array("BARRIER=1".utf8), with: pipe.writer, on: manager)
        return pipe.reader
    }
}

/// Where another stands already, it is from a start that was broken off.
private func openToAll(_ path: String) throws(SyscallError) -> OwnedFD {
    try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(path) }
    let mask = setUmask(0)
    defer { _ = setUmask(mask) }
    return try listen(path, .datagrams)
}
