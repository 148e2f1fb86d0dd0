import CLinux

/// A kind of namespace.
public enum NamespaceKind: Hashable, Sendable, CaseIterable {
    case user, pid, network, mount, ipc, uts, cgroup, time

    /// The flag of clone(2) and setns(2).
    public var flag: Int32 {
        switch self {
        case .user: CLONE_NEWUSER
        case .pid: CLONE_NEWPID
        case .network: CLONE_NEWNET
        case .mount: CLONE_NEWNS
        case .ipc: CLONE_NEWIPC
        case .uts: CLONE_NEWUTS
        case .cgroup: CLONE_NEWCGROUP
        case .time: CLONE_NEWTIME
        }
    }

    /// The name in /proc/PID/ns.
    public var fileName: String {
        switch self {
        case .user: "user"
        case .pid: "pid"
        case .network: "net"
        case .mount: "mnt"
        case .ipc: "ipc"
        case .uts: "uts"
        case .cgroup: "cgroup"
        case .time: "time"
        }
    }
}

/// The kind of namespace `fd` was opened on; nil when it is none.
///
/// The corresponding system call is `ioctl(2)` with `NS_GET_NSTYPE`.
public func namespaceKind(of fd: borrowing OwnedFD) throws(SyscallError) -> NamespaceKind? {
    // An ioctl of another driver could have the same number.
    guard try fileSystem(of: fd).magic == .namespace else { return nil }
    let raw = fd.raw
    let flag = try call("ioctl", "NS_GET_NSTYPE") { clinux_namespace_type(raw) }
    return NamespaceKind.allCases.first { $0.flag == flag }
}

/// The uid that made the user namespace `fd` was opened on. The corresponding system call is `ioctl(2)` with `NS_GET_OWNER_UID`.
public func owner(ofUserNamespace fd: borrowing OwnedFD) throws(SyscallError) -> UInt32 {
    let raw = fd.raw
    var uid: UInt32 = 0
    try call("ioctl", "NS_GET_OWNER_UID") { unsafe clinux_namespace_owner(raw, &uid) }
    return uid
}
