/// /proc/PID/status.
public struct ProcessStatus {
    private let lines: [Substring]

    public init(_ pid: Int32) { lines = Files.text("/proc/\(pid)/status").split(separator: "\n") }

    public func words(_ name: String) -> [String] {
        let line = lines.first { $0.hasPrefix(name + ":") } ?? ""
        return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Hexadecimal.
    public func number(_ name: String) -> UInt64? { words(name).first.flatMap { UInt64($0, radix: 16) } }
}

public func namespace(_ name: String, of pid: Int32) -> String { Files.target(ofLink: "/proc/\(pid)/ns/\(name)") ?? "" }

/// What its descriptors lead to.
public func targets(_ pid: Int32) -> [String] {
    Files.entries("/proc/\(pid)/fd").compactMap { Files.target(ofLink: "/proc/\(pid)/fd/\($0)") }
}

public func children(of pid: Int32) -> [Int32] {
    Files.entries("/proc").compactMap { Int32($0) }.filter { ProcessStatus($0).words("PPid") == ["\(pid)"] }
}
