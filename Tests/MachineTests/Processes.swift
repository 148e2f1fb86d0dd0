import TestKit

/// /proc/PID/status.
struct Status {
    private let lines: [Substring]

    init(_ pid: Int32) { lines = Files.text("/proc/\(pid)/status").split(separator: "\n") }

    func words(_ name: String) -> [String] {
        let line = lines.first { $0.hasPrefix(name + ":") } ?? ""
        return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Hexadecimal.
    func number(_ name: String) -> UInt64? { words(name).first.flatMap { UInt64($0, radix: 16) } }
}

func namespace(_ name: String, of pid: Int32) -> String { Files.target(ofLink: "/proc/\(pid)/ns/\(name)") ?? "" }

/// What its descriptors lead to.
func targets(_ pid: Int32) -> [String] { Files.entries("/proc/\(pid)/fd").compactMap { Files.target(ofLink: "/proc/\(pid)/fd/\($0)") } }

func children(of pid: Int32) -> [Int32] {
    Files.entries("/proc").compactMap { Int32($0) }.filter { Status($0).words("PPid") == ["\(pid)"] }
}
