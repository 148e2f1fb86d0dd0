import Kernel

/// What the files of a cgroup said that an update is about to write.
public struct Snapshot: Hashable, Sendable {
    private struct File: Hashable {
        let name: String
        let text: String
    }

    private var files: [File] = []

    /// Puts back what differs by now; the result tells what could not be, and why.
    public func restore(_ cgroup: borrowing Cgroup) -> [String] {
        // The last written first. Twice: some values are held against each other, and fit only once both are back
        // (a burst and its quota, a weight and idleness).
        _ = attempt(cgroup)
        return attempt(cgroup)
    }

    private func attempt(_ cgroup: borrowing Cgroup) -> [String] {
        var failures: [String] = []
        for file in files.reversed() {
            do throws(SyscallError) {
                let now = try readControl(file.name, of: cgroup.directory)
                if now == file.text { continue }
                for line in lines(back: file, from: now) { try writeControl(line, to: file.name, of: cgroup.directory) }
            } catch { failures.append("\(cgroup.placement.path)/\(file.name) could not be put back: \(error.errno)") }
        }
        return failures
    }

    private func lines(back file: File, from now: String) -> [String] {
        let old = file.text.split(separator: "\n").map(String.init)
        // An empty write is none to the kernel; an empty line is an empty value.
        if old.isEmpty && !file.name.hasPrefix("io.") { return ["\n"] }
        let known = Set(old.map(key))
        let added = now.split(separator: "\n").map { key(String($0)) }.filter { !known.contains($0) && $0.contains(":") }
        return old + added.compactMap { device in unset[file.name].map { "\(device) \($0)" } }
    }

    private func key(_ line: String) -> String { String(line.prefix { $0 != " " }) }

    fileprivate mutating func add(_ name: String, _ text: String) { files.append(File(name: name, text: text)) }
}

/// What makes a file forget a device.
private let unset = [
    "io.max": "rbps=max wbps=max riops=max wiops=max", "io.weight": "default", "io.bfq.weight": "default", "io.latency": "target=0",
]

extension Cgroup {
    /// Remembers what the files say that `limits` would write. One that cannot be read is not put back either.
    public func snapshot(for limits: Limits) throws(CgroupsError) -> Snapshot {
        var snapshot = Snapshot()
        var names: [String] = []
        for write in limits.writes {
            // Idleness takes the weight away.
            for name in write.file == "cpu.idle" ? ["cpu.idle", "cpu.weight"] : [write.file] where !names.contains(name) {
                names.append(name)
            }
        }
        for name in names {
            guard let text = try oldText(of: name), name != "cpu.weight" || text != "0\n" else { continue }
            snapshot.add(name, text)
        }
        return snapshot
    }

    /// nil: it is not there or only for writing.
    private func oldText(of file: String) throws(CgroupsError) -> String? {
        do throws(SyscallError) { return try readControl(file, of: directory) } catch {
            switch error.errno {
            case .noEntry, .notSupported, .invalid, .accessDenied, .notPermitted: return nil
            default: throw .refused(step: "read \(placement.path)/\(file)", error)
            }
        }
    }
}
