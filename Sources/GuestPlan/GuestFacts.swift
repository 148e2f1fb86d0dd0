public import Spec

/// What planning must know of the host, read before.
public struct GuestFacts: Hashable, Sendable {
    /// What stands at the source of a bind mount.
    public enum Source: Hashable, Sendable {
        case directory, file
        /// A device, fifo or socket: what it leads to is the host's kernel's.
        case special(String)
        /// Below a procfs or sysfs, wherever that is mounted.
        case kernel(String)
    }

    /// By the absolute path of the source: `GuestPlan.sources` says which.
    public var sources: [String: Source] = [:]
    /// The root file system, absolute.
    public var rootfs = ""
    public var bundle = ""
    /// Namespaces joined by path that are the runtime's own.
    public var sharedNamespaces: Set<Namespace.Kind> = []
    /// Of a container that joins: the process that stands for the machine on the host.
    public var sandboxPID: Int32 = 0
    /// Of a container that joins: the namespaces of the sandbox's own config.json.
    public var sandboxNamespaces: [Namespace] = []
    /// Namespaces joined by path that are those of `sandboxPID` and not the runtime's own.
    public var sandboxShared: Set<Namespace.Kind> = []
    public var processors: UInt32 = 1
    /// MiB.
    public var memory: UInt64 = 1 << 20

    public init() {}
}
