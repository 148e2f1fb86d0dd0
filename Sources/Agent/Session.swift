internal import AgentProtocol
internal import Kernel
internal import Launch

/// A process of the host's: a container's init, or one that was brought into a container.
final class Session {
    enum Kind { case container, process }

    /// How it ended.
    struct End {
        let status: ExitStatus
        let nanoseconds: Int64
        let wasOutOfMemory: Bool
    }

    let channel: UInt32
    let id: String
    let kind: Kind
    /// 0 until its worker has told it.
    var pid: Int32 = 0
    var end: End?
    /// The host has closed the channel: the process is to end, and nothing more is said.
    var isForsaken = false
    var outlets: [Outlet] = []
    var inlet: Inlet?
    /// How many processes of the container had been killed for want of memory when this one began.
    var killsBefore: UInt64 = 0
    /// Where its program tells that it is ready: the path of what is made there once the container is, and that, until it has told.
    private let notifyPath: String?
    private var notifySocket: NotifySocket?
    /// Where the terminal comes from, until it has.
    var console: Console?
    private var terminal: OwnedFD?
    private var size: WindowSize?
    /// Signals that came before the process.
    private var waiting: [Signal] = []

    init(_ channel: UInt32, _ id: String, _ kind: Kind, notifyPath: String? = nil) {
        self.channel = channel
        self.id = id
        self.kind = kind
        self.notifyPath = notifyPath
    }

    /// The process is there.
    func begin(_ pid: Int32) throws(AgentError) {
        self.pid = pid
        for signal in waiting { try send(signal) }
        waiting = []
        guard let notifyPath else { return }
        notifySocket = try step("the socket of a container's program") { () throws(SyscallError) in try NotifySocket(notifyPath) }
    }

    /// Becomes readable when the program sends to the host's service manager; nil: nobody waits for that, or for more.
    var notifyWatch: Watch? {
        switch notifySocket {
        case .some(let socket): socket.watch
        case .none: nil
        }
    }

    /// Whether the program has told by now that it is ready: once.
    func takeReadiness() throws(AgentError) -> Bool {
        let isReady =
            switch notifySocket {
            case .some(let socket): try step("what a program tells") { () throws(SyscallError) in try socket.takeReadiness() }
            case .none: false
            }
        if isReady { notifySocket = nil }
        return isReady
    }

    func send(_ signal: Signal) throws(AgentError) {
        guard end == nil else { return }
        guard pid > 0 else {
            if waiting.count < 64 { waiting.append(signal) }
            return
        }
        // Not reaped yet: the pid is its own.
        try step("signal a process") { () throws(SyscallError) in
            try ignoring(.noProcess) { () throws(SyscallError) in try kill(pid, signal) }
        }
    }

    /// The terminal is there. Its end of input is none of a process's: whoever reads a terminal waits on.
    func attach(_ master: consuming OwnedFD) throws(AgentError) {
        do throws(SyscallError) {
            outlets = [try Outlet(.output, try master.duplicate())]
            try inlet?.connect(try master.duplicate())
            terminal = consume master
        } catch { throw .guest("a terminal", error) }
        if let size { resize(to: size) }
    }

    /// What cannot be resized any more is no error.
    func resize(to size: WindowSize) {
        self.size = size
        switch terminal {
        case .some(let terminal):
            do throws(SyscallError) { try setWindowSize(of: terminal, size) } catch { _ = error }
        case .none: break
        }
    }

    /// The process is gone. What its streams hold now is sent, and then how it ended.
    func finish(_ end: End) throws(AgentError) {
        self.end = end
        inlet = nil
        for outlet in outlets where !outlet.hasEnded {
            try step("a stream's rest") { () throws(SyscallError) in try outlet.limit(to: kindOfStreams) }
        }
    }

    var kindOfStreams: Outlet.Kind {
        switch terminal {
        case .some: .terminal
        case .none: .pipe
        }
    }
}

/// A socket at which a terminal is handed over.
struct Console: ~Copyable {
    let path: String
    private let listener: OwnedFD

    init(_ path: String) throws(SyscallError) {
        let socket = try listen(path)
        try setBlocking(socket, .refuses)
        listener = socket
        self.path = path
    }

    deinit { removeIfThere(path) }

    /// The master's descriptor, which its sender does not wait to be taken.
    func receive() throws(SyscallError) -> OwnedFD {
        let connection = try accept(listener)
        var message = try Kernel.receive(connection, count: 4096)
        guard let master = message.descriptor.take() else { throw SyscallError("recvmsg", "a terminal", .noAttribute) }
        return master
    }
}
