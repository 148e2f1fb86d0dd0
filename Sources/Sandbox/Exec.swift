internal import AgentProtocol
internal import Cgroups
internal import Kernel
public import Lifecycle
public import Spec
public import Store

extension SandboxBackend {
    public func join(
        _ record: Record, _ config: Config, _ process: Process, _ request: ExecRequest
    ) throws(LifecycleError) -> Parked {
        try refuseDescriptors(request.preservedDescriptors, of: "--preserve-fds")
        let hasTerminal = process.hasTerminal
        let exec = ExecOrder(
            id: record.id, process: portable(process).json,
            streams: hasTerminal ? [.input, .output] : AgentProtocol.StandardStream.allCases, hasTerminal: hasTerminal,
            cgroup: request.cgroup, mayBePaused: request.paused == .ignored)
        let order = Order(root: settings.root, id: record.id, sandbox: record.sandbox ?? record.id, .exec(exec))
        do throws(SandboxError) {
            let pid = record.identity.pid
            let network = try step("the network of container \(record.id)") { () throws(SyscallError) in
                try open("/proc/\(pid)/ns/net", .readOnly)
            }
            let child = try StandInChild(
                order, gate: nil, report: nil, network: network, size: process.consoleSize, in: try cgroup(of: record))
            return try child.parked { (_) throws(SandboxError) in }
        } catch { throw LifecycleError("\(error)") }
    }

    /// The container's own on the host; nil: it has none, or it is gone.
    private func cgroup(of record: Record) throws(SandboxError) -> Cgroup? {
        guard !record.cgroupPath.isEmpty else { return nil }
        do throws(CgroupsError) { return try Cgroup.open(placement(record.cgroupPath)) } catch { throw .failed("\(error)") }
    }
}

/// Without the labels and profiles of the host's kernel.
private func portable(_ process: Process) -> Process {
    var process = process
    process.apparmorProfile = ""
    process.selinuxLabel = ""
    return process
}
