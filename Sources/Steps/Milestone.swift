/// Where the child stops until the parent has done its part.
@frozen public enum Milestone: BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// The new user namespace has no id maps yet: the parent writes them.
    case mapIDs
    /// The file systems stand but are not yet entered: the parent runs prestart and createRuntime hooks.
    case runRuntimeHooks
    /// The process is still who its namespace's root is: the parent sets its limits, which may take rights over the host.
    case setLimits
    /// All is done but waiting at the gate: the parent writes the record and lets go.
    case ready

    /// Its number in a report.
    @inlinable public var code: Int32 {
        switch self {
        case .mapIDs: 1
        case .runRuntimeHooks: 2
        case .setLimits: 3
        case .ready: 4
        }
    }
}

/// What the child tells: 8 bytes, in one write.
public struct Report: BitwiseCopyable, Hashable, Sendable {
    /// A step's index when it failed, or one of the negative numbers below.
    public var subject: Int32
    /// The errno of a failure, or what the number below says.
    public var value: Int32

    /// The value of a failed hook: this and its wait status, `code` or `hookSignaled + signal`; no errno is as large.
    @inlinable public static var hookEnd: Int32 { 0x10000 }
    @inlinable public static var hookSignaled: Int32 { 0x100 }

    @inlinable public init(subject: Int32, value: Int32) {
        self.subject = subject
        self.value = value
    }

    /// `value` is a `Milestone`; an answer of one byte is awaited.
    @inlinable public static var milestone: Int32 { -1 }
    /// `value` is the pid of the process that goes on in the sender's place, and awaits the answer.
    @inlinable public static var forked: Int32 { -2 }
    /// A terminal's master comes along; no answer is awaited.
    @inlinable public static var terminal: Int32 { -3 }
    /// `value` is the number of the seccomp listener among the child's descriptors; an answer is awaited.
    @inlinable public static var listener: Int32 { -4 }
    /// A mount source whose owners are to be mapped comes along; `value` is the index of its slot; an answer is awaited.
    @inlinable public static var mappedTree: Int32 { -5 }
    /// To `start`: what comes next is execve; no answer is awaited.
    @inlinable public static var executing: Int32 { -6 }
}
