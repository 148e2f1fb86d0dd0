import CSeccomp
import Kernel
import Spec

/// What filters can be made of: the `linux.seccomp` part of the features document (runtime-spec features-linux.md), whose names
/// config.json may use.
public enum FilterSupport {
    /// libseccomp's version, such as `2.5.4`.
    public static var libraryVersion: String {
        guard let version = unsafe seccomp_version() else { return "unknown" }
        return unsafe "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.micro)"
    }

    /// SCMP_ARCH_* that the linked libseccomp can compile for, sorted.
    public static var architectures: [String] {
        Seccomp.Architecture.allCases.map(\.rawValue).filter { Architecture($0) != nil }.sorted()
    }

    /// SCMP_CMP_*, sorted.
    public static var operators: [String] { Seccomp.Comparison.allCases.map(\.rawValue).sorted() }

    /// SCMP_ACT_*, sorted.
    public static var knownActions: [String] { Seccomp.Action.allCases.map(\.rawValue).sorted() }

    /// SCMP_ACT_* that the running kernel has, sorted.
    public static var actions: [String] {
        Seccomp.Action.allCases.filter { kernelKnows(seccompAction: $0.kernelValue) }.map(\.rawValue).sorted()
    }

    /// SECCOMP_FILTER_FLAG_*, in runc's order.
    public static var knownFlags: [String] { orderedFlags.map(\.rawValue) }

    /// SECCOMP_FILTER_FLAG_* that the running kernel has, in runc's order.
    public static var flags: [String] { orderedFlags.filter(\.isSupported).map(\.rawValue) }

    private static let orderedFlags: [Seccomp.Flag] = [.tsync, .specAllow, .log, .waitKillableRecv]
}
