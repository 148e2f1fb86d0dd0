internal import CLinux
public import Kernel
internal import Steps

/// A long-lived program of the host, as it is to be started: a virtual machine, its file server, who watches over them.
///
/// It has no descriptor but those it is given, its streams are the null device unless set, no signal is blocked or ignored, and its
/// working directory is `/`.
public struct Daemon: ~Copyable {
    /// What errors call it.
    public var name: String
    /// An absolute path: nothing is looked up.
    public var path: String
    /// argv, whose first is by custom the program's name.
    public var arguments: [String]
    public var environment: [String] = []
    public var session: Session = .new
    public var privileges: Privileges = .inherited
    public var lifetime: Lifetime = .own
    /// Namespaces made for it; neither `user` nor `pid`, `cgroup` or `time`.
    public var newNamespaces: Set<NamespaceKind> = []
    /// -1000 to 1000; nil: the runtime's own.
    public var oomScoreAdj: Int32?

    let slots = Slots(count: Slot.firstFree + capacity, floor: 3 + capacity)
    var joins: [(slot: Slot, kind: NamespaceKind)] = []
    var streams: [StandardStream: Slot] = [:]
    var passed: [Slot] = []

    public init(_ name: String, _ path: String, _ arguments: [String]) {
        self.name = name
        self.path = path
        self.arguments = arguments
    }

    /// Hands a descriptor over. The result is the number it will have in the program, 3 for the first, 4 for the next.
    public mutating func pass(_ fd: borrowing OwnedFD) throws(SyscallError) -> Int32 {
        passed.append(try hold(fd))
        return 2 + Int32(passed.count)
    }

    /// Makes `fd` one of the standard streams.
    public mutating func set(_ stream: StandardStream, to fd: borrowing OwnedFD) throws(SyscallError) {
        streams[stream] = try hold(fd)
    }

    /// Has it join the namespace `fd` was opened on, before those of `newNamespaces` are entered.
    public mutating func join(_ kind: NamespaceKind, _ fd: borrowing OwnedFD) throws(SyscallError) {
        joins.append((try hold(fd), kind))
    }

    private func hold(_ fd: borrowing OwnedFD) throws(SyscallError) -> Slot {
        let slot = Slot(index: Slot.firstFree + Int32(joins.count + streams.count + passed.count))
        slots.put(try fd.duplicate(from: slots.floor), in: slot)
        return slot
    }
}

/// How many descriptors a program can be given.
private let capacity: Int32 = 64

extension Daemon {
    public enum Session: Hashable, Sendable {
        case inherited
        case new
        /// A new one, whose controlling terminal is standard input.
        case ofTerminal
    }

    public enum Lifetime: Hashable, Sendable {
        case own
        /// Killed when whoever started it ends. Holds only as long as the program gains no privileges when it is executed.
        case ofStarter
    }

    public enum Privileges: Hashable, Sendable {
        case inherited
        /// The runtime's own, with no way to gain more.
        case kept
        /// Another user's, without a capability and with no way to gain any. Takes root.
        case user(uid: UInt32, gid: UInt32)
    }
}

/// A program that was executed.
@frozen
public struct StartedDaemon: ~Copyable {
    public let pid: Int32
    public let pidfd: PidFD
}
