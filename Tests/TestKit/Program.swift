import Glibc

/// How a process ended.
public enum Ending: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)

    /// As a shell tells it.
    public var status: Int32 {
        switch self {
        case .exited(let status): status
        case .killed(let signal): 128 + signal
        }
    }
}

/// A program that the test started, with exactly the descriptors it was given. One thread at a time.
public final class Program: @unchecked Sendable {
    public struct Request {
        public var command: [String]
        public var environment: [String]
        public var directory: String?
        /// Descriptors 0, 1, 2 and on; nil is /dev/null.
        public var descriptors: [Descriptor?]
        /// Path of a terminal that becomes the controlling one and stands at 0, 1 and 2.
        public var terminal: String?

        public init(_ command: [String], environment: [String], directory: String? = nil, descriptors: [Descriptor?] = [], terminal: String? = nil) {
            self.command = command
            self.environment = environment
            self.directory = directory
            self.descriptors = descriptors
            self.terminal = terminal
        }
    }

    public let pid: Int32
    public let command: [String]
    private let handle: Descriptor
    private var ending: Ending?

    public init(_ request: Request) throws {
        command = request.command
        pid = try spawn(request)
        handle = Descriptor(try Descriptor.high(try pidfd(pid)))
    }

    deinit {
        guard ending == nil else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
    }

    public func send(_ signal: Int32) { if ending == nil { kill(pid, signal) } }

    /// Becomes readable when the process ends.
    var endDescriptor: Int32 { handle.raw }

    var hasEnded: Bool {
        if ending == nil && readable([handle.raw], Deadline(after: 0))[0] { _ = reap() }
        return ending != nil
    }

    /// How it ended. A process that does not end in time is killed, and the failure says which.
    public func wait(_ deadline: Deadline = .usual) throws -> Ending {
        if let ending { return ending }
        guard readable([handle.raw], deadline)[0] else {
            kill(pid, SIGKILL)
            _ = reap()
            throw Failure("waited for the end of: \(command.joined(separator: " "))")
        }
        return reap()
    }

    private func reap() -> Ending {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let ended: Ending = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: status & 0x7f)
        ending = ended
        return ended
    }
}

// Functions of libc that Swift's Glibc module does not show.
private typealias OpenProcess = @convention(c) (Int32, UInt32) -> Int32
private typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
private typealias AddChangeDirectory = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32

private func libc<Function>(_ name: String, as _: Function.Type) throws -> Function {
    guard let symbol = unsafe dlsym(nil, name) else { throw Failure("libc has no \(name)") }
    return unsafe unsafeBitCast(symbol, to: Function.self)
}

/// The corresponding system call is `pidfd_open(2)`.
func pidfd(_ pid: Int32) throws -> Int32 {
    let fd = try libc("pidfd_open", as: OpenProcess.self)(pid, 0)
    guard fd >= 0 else { throw Failure("pidfd_open \(pid): \(errnoText())") }
    return fd
}

/// Waits until a process that is not the test's child has ended.
public func awaitEnd(of pid: Int32, _ deadline: Deadline = .usual) throws {
    let opened: Int32
    do { opened = try pidfd(pid) } catch {
        guard kill(pid, 0) != 0 else { throw error }
        return
    }
    let handle = Descriptor(try Descriptor.high(opened))
    guard readable([handle.raw], deadline)[0] else { throw Failure("waited for the end of process \(pid)") }
}

private func spawn(_ request: Program.Request) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }

    // Signals as a service manager would leave them: nothing blocked, nothing ignored.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)

    if let terminal = request.terminal {
        flags |= 0x80  // POSIX_SPAWN_SETSID: the terminal opened next becomes the controlling one
        unsafe posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
    } else {
        for number in 0..<max(3, request.descriptors.count) {
            if number < request.descriptors.count, let descriptor = request.descriptors[number] {
                unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.raw, Int32(number))
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
            }
        }
    }
    _ = unsafe try libc("posix_spawn_file_actions_addclosefrom_np", as: AddCloseFrom.self)(&actions, Int32(max(3, request.descriptors.count)))
    if let directory = request.directory {
        _ = unsafe try libc("posix_spawn_file_actions_addchdir_np", as: AddChangeDirectory.self)(&actions, directory)
    }
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid: Int32 = 0
    let result = unsafe withCStrings(request.command) { arguments in
        unsafe withCStrings(request.environment) { environment in
            unsafe posix_spawnp(&pid, request.command[0], &actions, &attributes, arguments, environment)
        }
    }
    guard result == 0 else { throw Failure("spawn \(request.command[0]): \(unsafe String(cString: strerror(result)))") }
    return pid
}

private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result) rethrows -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { for unsafe copy in unsafe copies { unsafe free(copy) } }
    return try unsafe body(copies + [nil])
}
