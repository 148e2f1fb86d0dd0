import CLinux

/// A signal's number, 1 to 64.
public struct Signal: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let hangUp = Signal(rawValue: 1)
    public static let interrupt = Signal(rawValue: 2)
    public static let quit = Signal(rawValue: 3)
    public static let abort = Signal(rawValue: 6)
    public static let kill = Signal(rawValue: 9)
    public static let user1 = Signal(rawValue: 10)
    public static let user2 = Signal(rawValue: 12)
    public static let brokenPipe = Signal(rawValue: 13)
    public static let alarm = Signal(rawValue: 14)
    public static let terminate = Signal(rawValue: 15)
    public static let childEnded = Signal(rawValue: 17)
    public static let resume = Signal(rawValue: 18)
    public static let stop = Signal(rawValue: 19)
    public static let terminalStop = Signal(rawValue: 20)
    public static let terminalInput = Signal(rawValue: 21)
    public static let terminalOutput = Signal(rawValue: 22)
    public static let urgent = Signal(rawValue: 23)
    public static let windowChanged = Signal(rawValue: 28)

    /// libc keeps the kernel's first two realtime signals to itself, so that RTMIN is 34 for users.
    private static let firstRealtime: Int32 = 34
    private static let lastRealtime: Int32 = 64

    /// signal(7), the same on x86_64 and aarch64.
    private static let names: [(name: String, number: Int32)] = [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7), ("FPE", 8), ("KILL", 9),
        ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14), ("TERM", 15), ("STKFLT", 16), ("CHLD", 17),
        ("CONT", 18), ("STOP", 19), ("TSTP", 20), ("TTIN", 21), ("TTOU", 22), ("URG", 23), ("XCPU", 24), ("XFSZ", 25),
        ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29), ("PWR", 30), ("SYS", 31),
    ]
    private static let otherNames: [(name: String, number: Int32)] = [("IOT", 6), ("CLD", 17), ("POLL", 29), ("UNUSED", 31)]

    /// A number from 1 to 64, or a name in any case with or without `SIG`: `TERM`, `sigkill`, `RTMIN+3`, `RTMAX-1`.
    public init?(_ text: String) {
        if let number = Int32(text) {
            guard (1...64).contains(number) else { return nil }
            rawValue = number
            return
        }
        // Swift's own upper case, and its ==, would take letters of other scripts for these.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let entry = (Self.names + Self.otherNames).first(where: { $0.name == name }) {
            rawValue = entry.number
        } else if let number = Self.realtime(name) {
            rawValue = number
        } else {
            return nil
        }
    }

    private static func realtime(_ name: String) -> Int32? {
        for (word, sign, base) in [("RTMIN", "+", firstRealtime), ("RTMAX", "-", lastRealtime)] where name.hasPrefix(word) {
            let rest = name.dropFirst(word.count)
            if rest.isEmpty { return base }
            let digits = rest.dropFirst()
            guard rest.hasPrefix(sign), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let offset = Int32(digits),
                offset <= lastRealtime - firstRealtime
            else { return nil }
            return sign == "+" ? base + offset : base - offset
        }
        return nil
    }
}

extension Signal: CustomStringConvertible {
    /// With `SIG`: `SIGTERM`, `SIGRTMIN+3`; the number where there is no name.
    public var description: String {
        if let entry = Self.names.first(where: { $0.number == rawValue }) { return "SIG" + entry.name }
        guard (Self.firstRealtime...Self.lastRealtime).contains(rawValue) else { return "signal \(rawValue)" }
        return rawValue == Self.firstRealtime ? "SIGRTMIN" : "SIGRTMIN+\(rawValue - Self.firstRealtime)"
    }
}
