import CLinux

/// The clock that only goes forward, and stands while the machine sleeps.
public enum MonotonicClock {
    /// Nanoseconds since some point in the past. The corresponding system call is `clock_gettime(2)`.
    public static var now: Int64 { clinux_clock_monotonic() }
}

/// The moment a wait ends at the latest.
public struct Deadline: Hashable, Sendable {
    /// On the monotonic clock; nil: never.
    private let nanoseconds: Int64?

    public static let never = Deadline(nanoseconds: nil)
    /// For looking without waiting.
    public static let passed = Deadline(nanoseconds: 0)

    /// From now on; a time below zero has passed, one beyond 292 years never comes.
    public static func after(_ duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (end, isNever) = whole.addingReportingOverflow(MonotonicClock.now + attoseconds / 1_000_000_000)
        if overflow || isNever { return seconds < 0 ? .passed : .never }
        return Deadline(nanoseconds: max(0, end))
    }

    /// Nanoseconds left, 0 when it has passed; nil: no end.
    public var remaining: Int64? { nanoseconds.map { max(0, $0 - MonotonicClock.now) } }

    public var hasPassed: Bool { remaining == 0 }
}
