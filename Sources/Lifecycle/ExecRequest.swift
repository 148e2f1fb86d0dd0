internal import JSON
internal import Kernel
internal import Spec

/// What `exec` is asked to do.
public struct ExecRequest: Hashable, Sendable {
    /// What runs: a whole process, or a command with what differs from the container's own process.
    public enum Program: Hashable, Sendable {
        /// Path of a JSON file with an OCI process.
        case file(String)
        case command(Command)
    }

    public struct Command: Hashable, Sendable {
        public enum Terminal: Hashable, Sendable { case none, allocated }

        public enum Privileges: Hashable, Sendable { case asConfigured, noNew }

        public var arguments: [String]
        /// nil: the container's.
        public var workingDirectory: String?
        /// Added to the container's.
        public var environment: [String] = []
        public var terminal = Terminal.none
        /// `UID[:GID]`, numbers; nil: the container's.
        public var user: String?
        public var additionalGids: [UInt32] = []
        /// Added to the bounding, effective and permitted sets, and to the ambient one where there are inheritable ones.
        public var capabilities: [String] = []
        public var privileges = Privileges.asConfigured
        public var processLabel: String?
        public var apparmorProfile: String?

        public init(_ arguments: [String]) { self.arguments = arguments }
    }

    public enum Paused: Hashable, Sendable { case refused, ignored }

    public var id: String
    public var program: Program
    public var attachment: CreateRequest.Attachment
    public var pidFile: String?
    public var pidfdSocket: String?
    public var preservedDescriptors: UInt32 = 0
    /// Path below the container's cgroup; empty: that itself.
    public var cgroup = ""
    public var paused = Paused.refused

    public init(id: String, program: Program, attachment: CreateRequest.Attachment) {
        self.id = id
        self.program = program
        self.attachment = attachment
    }
}

extension ExecRequest.Program {
    /// The process that is to run, where the container's own is `template`.
    func process(from template: Process) throws(LifecycleError) -> Process {
        switch self {
        case .file(let path): return completed(try processFile(path), from: template)
        case .command(let command): return try command.process(from: template)
        }
    }
}

/// What a process does not say of itself is as for the container's own: without it the process would have more rights than that.
private func completed(_ process: Process, from template: Process) -> Process {
    var process = process
    if process.capabilities == nil { process.capabilities = template.capabilities }
    if process.rlimits.isEmpty { process.rlimits = template.rlimits }
    if process.oomScoreAdj == nil { process.oomScoreAdj = template.oomScoreAdj }
    if process.selinuxLabel.isEmpty { process.selinuxLabel = template.selinuxLabel }
    if process.apparmorProfile.isEmpty { process.apparmorProfile = template.apparmorProfile }
    return process
}

/// Read whole at once: the caller removes the file as soon as it can.
private func processFile(_ path: String) throws(LifecycleError) -> Process {
    let bytes: [UInt8]
    do throws(SyscallError) { bytes = try readFile(path, limit: Limits.document.bytes) } catch {
        throw LifecycleError("--process: \(error)")
    }
    let value: Value
    do throws(JSONError) { value = try parse(bytes) } catch { throw LifecycleError("process: \(error)") }
    return try failing { () throws(SpecError) in try Process(json: value, at: "process") }
}

extension ExecRequest.Command {
    fileprivate func process(from template: Process) throws(LifecycleError) -> Process {
        guard !arguments.isEmpty else { throw LifecycleError("process args cannot be empty") }
        var process = template
        process.arguments = arguments
        process.hasTerminal = terminal == .allocated
        process.environment += environment
        if let workingDirectory {
            guard Path.isAbsolute(workingDirectory) else {
                throw LifecycleError("--cwd: must be an absolute path, found \"\(workingDirectory)\"")
            }
            process.workingDirectory = workingDirectory
        }
        for variable in environment where variable.first == "=" || !variable.contains("=") {
            throw LifecycleError("--env: must be NAME=value, found \"\(variable)\"")
        }
        if let user { try setUser(user, of: &process) }
        process.user.additionalGids += additionalGids
        if privileges == .noNew { process.hasNoNewPrivileges = true }
        if let processLabel { process.selinuxLabel = processLabel }
        if let apparmorProfile { process.apparmorProfile = apparmorProfile }
        if !capabilities.isEmpty, var sets = process.capabilities {
            sets.bounding += capabilities
            sets.effective += capabilities
            sets.permitted += capabilities
            if !sets.inheritable.isEmpty { sets.ambient += capabilities }
            process.capabilities = sets
        }
        return process
    }

    /// Numbers only, and nothing behind them (CVE-2026-30892).
    private func setUser(_ text: String, of process: inout Process) throws(LifecycleError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let uid = number(parts[0]) else {
            throw LifecycleError("--user: must be UID[:GID], found \"\(text)\"")
        }
        process.user.uid = uid
        guard parts.count == 2 else { return }
        guard let gid = number(parts[1]) else { throw LifecycleError("--user: must be UID[:GID], found \"\(text)\"") }
        process.user.gid = gid
    }

    private func number(_ text: Substring) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        // The last is no id: chown(2) takes it for "unchanged".
        return UInt32(text).flatMap { $0 == UInt32.max ? nil : $0 }
    }
}
