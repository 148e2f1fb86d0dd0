import CLinux

/// What /proc/PID/stat tells, as far as it is of use here.
public struct ProcessStat: Hashable, Sendable {
    /// `R`, `S`, `D`, `Z`, `T`, `X` and others of proc_pid_stat(5).
    public let state: Character
    public let parent: Int32
    /// Clock ticks from boot to the start of the process.
    public let startTime: UInt64

    /// Reads one line of a stat file; nil when it is none.
    init?(_ line: String) {
        // The second field is the program's name in parentheses, which may itself hold blanks and parentheses.
        guard let end = line.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[line.utf8.index(after: end)...].split(whereSeparator: \.isWhitespace)
        // These are the fields from the third on; the start time is the 22nd.
        guard fields.count >= 20, let state = fields[0].first, let parent = Int32(fields[1]), let startTime = UInt64(fields[19])
        else { return nil }
        self.state = state
        self.parent = parent
        self.startTime = startTime
    }

    /// Whether it runs no more and waits only for its parent to ask how it ended.
    public var isDead: Bool { state == "Z" || state == "X" || state == "x" }
}

extension ProcFS {
    /// ESRCH when there is no such process; EBADMSG when the kernel's line cannot be read.
    public func stat(of pid: Int32) throws(SyscallError) -> ProcessStat {
        let path = "\(pid)/stat"
        let line: String
        do throws(SyscallError) {
            // The name need not be UTF-8.
            line = String(decoding: try readAll(open(path), limit: 1 << 16, subject: "/proc/\(path)"), as: UTF8.self)
        } catch {
            throw error.errno == .noEntry ? SyscallError("stat", "process \(pid)", .noProcess) : error
        }
        guard let stat = ProcessStat(line) else { throw SyscallError("read", "/proc/\(path)", .badMessage) }
        return stat
    }
}

/// A process told apart from those that get its pid after it.
public struct ProcessIdentity: Hashable, Sendable {
    public let pid: Int32
    /// Clock ticks from boot to its start, field 22 of /proc/PID/stat.
    public let startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// That of the process which has `pid` now; ESRCH when there is none.
    public init(of pid: Int32) throws(SyscallError) {
        self.init(pid: pid, startTime: try ProcFS.open().stat(of: pid).startTime)
    }

    /// What /proc tells of it; nil when the process is gone or its pid another's.
    public func stat() throws(SyscallError) -> ProcessStat? {
        guard pid > 0 else { return nil }
        do throws(SyscallError) {
            let stat = try ProcFS.open().stat(of: pid)
            return stat.startTime == startTime ? stat : nil
        } catch {
            guard error.errno == .noProcess else { throw error }
            return nil
        }
    }

    /// Whether it runs: a zombie does not.
    public func isAlive() throws(SyscallError) -> Bool {
        guard let stat = try stat() else { return false }
        return !stat.isDead
    }

    /// A descriptor of this very process: the start time is looked at after it is opened. ESRCH when it is gone.
    public func open() throws(SyscallError) -> PidFD {
        guard pid > 0 else { throw SyscallError("pidfd_open", "process \(pid)", .noProcess) }
        let fd = try PidFD(of: pid)
        guard try stat() != nil else { throw SyscallError("pidfd_open", "process \(pid)", .noProcess) }
        return fd
    }
}
