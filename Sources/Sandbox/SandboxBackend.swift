internal import AgentProtocol
internal import Cgroups
public import JSON
public import Kernel
internal import Launch
public import Lifecycle
internal import Machine
public import Spec
public import Store

/// Containers whose processes the kernel of a virtual machine runs, their own or their pod's.
public struct SandboxBackend: Backend {
    let settings: Settings
    /// What the runtime was called as, with or without a directory.
    let program: String

    public init(_ settings: Settings, program: String) {
        self.settings = settings
        self.program = program
    }

    /// Asks the agent in the container's machine.
    @discardableResult
    func ask(_ record: Record, _ request: AgentProtocol.Request, _ what: @autoclosure () -> String) throws(LifecycleError) -> Value {
        let sandbox = record.sandbox ?? record.id
        do throws(SandboxError) {
            var inquiry = try Inquiry(root: settings.root, sandbox: sandbox)
            switch try inquiry.ask(request, what()) {
            case .done(let value): return value
            case .failed(let text): throw .failed(text)
            }
        } catch { throw LifecycleError("\(error)") }
    }

    func places(_ record: Record) -> Places { Places(root: settings.root, id: record.id) }
}

// The verbs.
extension SandboxBackend {
    public func lateFailure(_ report: [UInt8], _ record: Record) -> LifecycleError? {
        switch report.first {
        case Report.executing.first: return nil
        case .some: return LifecycleError(String(decoding: report.dropFirst(), as: UTF8.self))
        case nil:
            let reason = failure(of: record).map { ": \($0)" } ?? ""
            return LifecycleError("container init ended before it executed its program\(reason)")
        }
    }

    /// What the process that stands for it, or the supervisor, wrote when there was nobody to be told.
    public func failure(of record: Record) -> String? {
        for id in [record.id, record.sandbox ?? record.id] {
            // Without one there was nothing to be told.
            do throws(SyscallError) { return try readText(Places(root: settings.root, id: id).failure) } catch { continue }
        }
        return nil
    }

    public func kill(_ record: Record, _ signal: Signal, _ scope: Runtime.KillScope) throws(LifecycleError) {
        do throws(LifecycleError) {
            try ask(
                record, .kill(id: record.id, signal: signal.rawValue, scope == .all ? .all : .initProcess), "the guest to send \(signal)")
            if signal == .kill { try awaitEnd(record) }
        } catch {
            // The guest may be past answering, or its process past it: who stands for it is there, or has ended meanwhile, of this very
            // signal perhaps, whose answer ended with the machine.
            do throws(SyscallError) { try record.identity.open().send(signal) } catch let second {
                if second.errno != .noProcess { throw error }
            }
        }
    }

    /// SIGKILL is nobody's to refuse: a guest that only says that it has killed is taken at its word for so long.
    private func awaitEnd(_ record: Record) throws(LifecycleError) {
        do throws(SyscallError) {
            try ignoring(.noProcess) { () throws(SyscallError) in
                let process = try record.identity.open()
                if try !process.hasEnded(by: .after(Patience.killed)) { try process.send(.kill) }
            }
        } catch { throw LifecycleError("\(error)") }
    }

    public func isFrozen(_ record: Record) throws(LifecycleError) -> Bool {
        do throws(SyscallError) {
            _ = try status(of: places(record).paused)
            return true
        } catch {
            guard error.errno == .noEntry else { throw LifecycleError("\(error)") }
            return false
        }
    }

    public func freeze(_ record: Record) throws(LifecycleError) {
        try ask(record, .pause(id: record.id), "the guest to pause container \(record.id)")
        do throws(SyscallError) { _ = try open(places(record).paused, [.writeOnly, .create], permissions: 0o600) } catch {
            throw LifecycleError("\(error)")
        }
    }

    public func thaw(_ record: Record) throws(LifecycleError) {
        try ask(record, .resume(id: record.id), "the guest to resume container \(record.id)")
        do throws(SyscallError) {
            try ignoring(.noEntry) { () throws(SyscallError) in try removeFile(places(record).paused) }
        } catch { throw LifecycleError("\(error)") }
    }

    public func update(_ record: Record, _ resources: Resources) throws(LifecycleError) -> [String] {
        try check(resources, record)
        let (portable, warnings) = portable(resources)
        let answer = try ask(record, .update(id: record.id, resources: portable), "the guest to update container \(record.id)")
        guard case .array(let told) = answer else { return warnings }
        return warnings + told.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    public func statistics(_ record: Record) throws(LifecycleError) -> Value {
        let event = try ask(record, .statistics(id: record.id), "the guest to tell the usage of container \(record.id)")
        return event["data"] ?? .null
    }

    public func events(_ record: Record, every interval: Duration) throws(LifecycleError) -> any EventSource {
        do throws(SandboxError) { return try GuestEvents(self, record, interval) } catch { throw LifecycleError("\(error)") }
    }

    /// The guest's own table, which is that of `ps -ef`: it has no ps(1) that could make another.
    public func processTable(_ record: Record, _ pids: [Int32], options: [String]) throws(LifecycleError) -> [String] {
        guard options == ["-ef"] else {
            throw LifecycleError(
                "ps \(options.joined(separator: " ")): of the processes in a virtual machine there is no other table than that of -ef")
        }
        let answer = try ask(record, .processTable(id: record.id), "the guest to list the processes of container \(record.id)")
        guard case .array(let lines) = answer else { return [] }
        return lines.compactMap { if case .string(let text) = $0 { printable(text) } else { nil } }
    }

    /// In the guest, if that is there: a machine takes all that it has with it.
    public func clear(_ record: Record) throws(LifecycleError) -> [String] {
        guard let sandbox = record.sandbox else { return [] }
        return try forget(record.id, sandbox, root: settings.root)
    }
}

/// Removes what a container whose process on the host is gone has left in the guest and of its shares. Returns what the guest has not
/// done: what it says, or that it says nothing, must not keep the host from the rest.
func forget(_ id: String, _ sandbox: String, root: String) throws(LifecycleError) -> [String] {
    do throws(SandboxError) {
        if sandbox == id {
            let directory = Places(root: root, id: id).directory
            try knowing { () throws(MachineError) in try SharedTree.removeRemains(stateDirectory: directory) }
            return []
        }
        let complaints = forgetInGuest(id, sandbox, root)
        try DeskVisit(root: root, sandbox: sandbox).unshare(container: id)
        return complaints
    } catch {
        if case .lost = error { return [] }
        throw LifecycleError("\(error)")
    }
}

private func forgetInGuest(_ id: String, _ sandbox: String, _ root: String) -> [String] {
    do throws(SandboxError) {
        var inquiry = try Inquiry(root: root, sandbox: sandbox)
        let answer = try inquiry.ask(.delete(id: id, isForced: true), "the guest to delete container \(id)")
        if case .failed(let text) = answer { return ["the guest: \(text)"] }
        return []
    } catch { return ["\(error)"] }
}

/// It ends on people's terminals.
private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
}

/// The guest is not told of some, and has no words of its own for others.
private func check(_ resources: Resources, _ record: Record) throws(LifecycleError) {
    var checked = Resources()
    checked.blockIO = resources.blockIO
    checked.cpu.idle = resources.cpu.idle
    do throws(CgroupsError) { _ = try Limits(checked) } catch {
        throw LifecycleError("update \(record.id): \(ofResources("\(error)"))")
    }
}

/// What another kernel can put in force, and what is left out.
private func portable(_ resources: Resources) -> (Value, [String]) {
    var resources = resources
    var warnings: [String] = []
    func leaveOut(_ field: String) { warnings.append("resources: /\(field): ignored: it is of the host, not of a virtual machine") }
    if !resources.cpu.cpus.isEmpty { leaveOut("cpu/cpus") }
    if !resources.cpu.mems.isEmpty { leaveOut("cpu/mems") }
    if resources.blockIO != BlockIO() { leaveOut("blockIO") }
    if !resources.rdma.isEmpty { leaveOut("rdma") }
    resources.cpu.cpus = ""
    resources.cpu.mems = ""
    return (resources.portableJSON, warnings)
}
