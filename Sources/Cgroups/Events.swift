import Kernel

/// Watches `cgroup.events`: whether a cgroup has processes, itself or below, and whether they all are frozen.
struct Events: ~Copyable {
    enum Key: String {
        case populated, frozen
    }

    private let file: OwnedFD

    /// nil: the cgroup is gone.
    init?(_ directory: borrowing OwnedFD) throws(SyscallError) {
        do throws(SyscallError) {
            file = try open("cgroup.events", beneath: directory, .readOnly, refusing: beyondCgroups)
        } catch {
            guard isGone(error) else { throw error }
            return nil
        }
    }

    /// nil: the cgroup is gone.
    func value(of key: Key) throws(SyscallError) -> Bool? {
        do throws(SyscallError) {
            // Reading from the start is what arms the next POLLPRI.
            let text = String(decoding: try readFromStart(file, subject: "cgroup.events"), as: UTF8.self)
            return text.split(separator: "\n").contains { $0 == "\(key.rawValue) 1" }
        } catch {
            guard isGone(error) else { throw error }
            return nil
        }
    }

    enum Outcome {
        case reached, gone, timedOut
    }

    /// Waits until `key` is `value`.
    func wait(_ key: Key, _ value: Bool, until deadline: Deadline) throws(SyscallError) -> Outcome {
        while let now = try self.value(of: key) {
            if now == value { return .reached }
            if try poll([Watch(file, .priority)], until: deadline) == nil { return .timedOut }
        }
        return .gone
    }
}

/// A file of a cgroup that has been removed meanwhile: its open answers ENOENT, its reads and writes ENODEV.
func isGone(_ error: SyscallError) -> Bool { error.errno == .noEntry || error.errno == .noDevice }
