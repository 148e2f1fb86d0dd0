import Glibc

/// A moment until which something is waited for. Nothing here ever sleeps: waiting is poll(2) on what will happen.
public struct Deadline: Sendable {
    private let nanoseconds: Int64

    public init(after seconds: Double) { nanoseconds = Self.now() + Int64(seconds * 1e9) }

    /// Generous: only a hang meets it. A machine boots first, where there is one.
    public static var usual: Deadline { Deadline(after: UnderTest.backend == .vm ? 90 : 20) }

    /// The same where a machine boots meanwhile.
    public static var boot: Deadline { Deadline(after: 120) }

    public var milliseconds: Int32 { Int32(clamping: max(0, nanoseconds - Self.now()) / 1_000_000) }

    public var hasPassed: Bool { Self.now() >= nanoseconds }

    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Which of `fds` can be read (or has ended) before `deadline`.
func readable(_ fds: [Int32], _ deadline: Deadline) -> [Bool] {
    var watched = fds.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while true {
        let count = unsafe poll(&watched, nfds_t(watched.count), deadline.milliseconds)
        if count < 0 && errno == EINTR { continue }
        return watched.map { $0.revents != 0 }
    }
}
