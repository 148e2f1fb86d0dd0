import CLinux

/// What a descriptor is ready for, or suffers from.
public struct Readiness: OptionSet, Hashable, Sendable {
    public let rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    private init(_ event: Int32) { rawValue = Int16(event) }

    public static let readable = Readiness(POLLIN)
    public static let priority = Readiness(POLLPRI)
    public static let writable = Readiness(POLLOUT)
    /// The other end is closed; told unasked.
    public static let hungUp = Readiness(POLLHUP)
    /// Told unasked.
    public static let failed = Readiness(POLLERR)
}

/// A descriptor to watch, and what for. It does not keep the descriptor open.
public struct Watch: Hashable, Sendable {
    let raw: Int32
    let interest: Readiness

    public init(_ fd: borrowing OwnedFD, _ interest: Readiness) {
        raw = fd.raw
        self.interest = interest
    }
}

/// Waits until one of `watches` at least is ready; the result is parallel to them. nil: the deadline came first.
///
/// The corresponding system call is `ppoll(2)`.
public func poll(_ watches: [Watch], until deadline: Deadline = .never) throws(SyscallError) -> [Readiness]? {
    var fds = watches.map { pollfd(fd: $0.raw, events: $0.interest.rawValue, revents: 0) }
    let count = UInt32(fds.count)
    let ready = try call("ppoll") { () -> Int32 in
        // Taken anew each time: an interrupted wait must not start over.
        guard let left = deadline.remaining else { return unsafe clinux_ppoll(&fds, count, nil, nil) }
        var time = __kernel_timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
        return unsafe clinux_ppoll(&fds, count, &time, nil)
    }
    if ready == 0 { return nil }
    return fds.map { fd in
        precondition(Int32(fd.revents) & POLLNVAL == 0, "poll of a closed descriptor")
        return Readiness(rawValue: fd.revents)
    }
}
