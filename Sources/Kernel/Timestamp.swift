import CLinux

/// A moment in UTC.
public struct Timestamp: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    public let seconds: Int64
    /// 0 to 999999999.
    public let nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The corresponding system call is `clock_gettime(2)` with `CLOCK_REALTIME`.
    public static func now() -> Timestamp {
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        // The realtime clock cannot be refused.
        _ = unsafe clinux_clock_realtime(&seconds, &nanoseconds)
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// So many nanoseconds after 1970-01-01T00:00:00Z.
    public init(nanosecondsSinceEpoch count: Int64) {
        let (seconds, nanoseconds) = count.dividedFloored(by: 1_000_000_000)
        self.init(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// Since 1970-01-01T00:00:00Z; as many as fit until the year 2262.
    public var nanosecondsSinceEpoch: Int64 {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ nanoseconds
    }

    /// RFC 3339 in UTC, whole seconds: `2026-01-02T03:04:05Z`.
    public var inSeconds: String { prefix + "Z" }

    private var prefix: String {
        let (day, second) = seconds.dividedFloored(by: 86400)
        let (year, month, dayOfMonth) = civil(day)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2)
            + "T" + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with up to nine digits of the second, closing zeros left out: `2026-01-02T03:04:05.678Z`.
    public var description: String {
        if nanoseconds == 0 { return inSeconds }
        var fraction = padded(nanoseconds, 9)
        while fraction.last == "0" { fraction.removeLast() }
        return prefix + "." + fraction + "Z"
    }
}

extension Int64 {
    fileprivate func dividedFloored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// The Gregorian date of a day counted from 1970-01-01, reckoned in years that begin in March, so that a leap day comes last.
private func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // 719468 days lie between 0000-03-01 and 1970-01-01; 146097 make four centuries.
    let (era, dayOfEra) = (day + 719468).dividedFloored(by: 146097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // Months from March on have 153 days in every five.
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
