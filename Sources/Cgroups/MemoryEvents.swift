public import Kernel

/// Watches how many processes of a cgroup, itself or below, the kernel has killed for want of memory.
public struct MemoryEvents: ~Copyable {
    private let file: OwnedFD

    /// nil: the cgroup has no memory controller, or is gone.
    public init?(_ cgroup: borrowing Cgroup) throws(CgroupsError) {
        let name = "memory.events"
        do throws(SyscallError) {
            file = try open(name, beneath: cgroup.directory, .readOnly, refusing: beyondCgroups)
        } catch {
            guard isGone(error) else { throw .refused(step: "open \(cgroup.placement.path)/\(name)", error) }
            return nil
        }
    }

    /// Told with `priority` when something has happened since the last look at `kills`.
    public var watch: Watch { Watch(file, .priority) }

    /// Since the cgroup was made; nil: it is gone.
    public func kills() throws(CgroupsError) -> UInt64? {
        do throws(SyscallError) {
            let text = String(decoding: try readFromStart(file, subject: "memory.events"), as: UTF8.self)
            return counts(text).first { $0.name == "oom_kill" }?.value ?? 0
        } catch {
            guard isGone(error) else { throw .refused(step: "read memory.events", error) }
            return nil
        }
    }
}

extension Cgroup {
    /// How many of its processes, itself or below, the kernel has killed for want of memory; 0 where nobody counts them.
    public func oomKills() throws(CgroupsError) -> UInt64 { try MemoryEvents(self)?.kills() ?? 0 }
}
