internal import Kernel

/// What ps(1) would show of these processes; the header comes first. One that has ended meanwhile is left out.
func table(of pids: [Int32]) -> [String] {
    var lines = ["  UID     PID    PPID     TIME CMD"]
    for pid in pids.sorted() {
        do throws(SyscallError) { if let line = try line(pid) { lines.append(line) } } catch { continue }
    }
    return lines
}

/// proc_pid_stat(5), proc_pid_cmdline(5).
private func line(_ pid: Int32) throws(SyscallError) -> String? {
    let proc = try ProcFS.open()
    let stat = try text("\(pid)/stat", proc)
    guard let end = stat.lastIndex(of: ")"), let start = stat.firstIndex(of: "(") else { return nil }
    let fields = stat[end...].dropFirst().split(separator: " ")
    guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
    // A hundredth of a second each, on every architecture there is.
    let seconds = (user + system) / 100
    let time = "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    let uid = try status(of: "/proc/\(pid)").uid
    let words = try text("\(pid)/cmdline", proc).split(separator: "\0").joined(separator: " ")
    let command = words.isEmpty ? "[\(stat[stat.index(after: start)..<end])]" : words
    return "\(right(uid, 5)) \(right(pid, 7)) \(right(fields[1], 7)) \(time) \(command.prefix(1024))"
}

/// The beginning of a file that a process has a say in: it need be neither short nor UTF-8.
private func text(_ path: String, _ proc: borrowing ProcFS) throws(SyscallError) -> String {
    String(decoding: try read(proc.open(path), count: 4096), as: UTF8.self)
}

private func padded(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }

private func right(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
}
