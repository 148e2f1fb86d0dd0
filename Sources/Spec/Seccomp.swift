/// `linux.seccomp` (runtime-spec config-linux.md). Names of system calls are as written; unknown ones are ignored later.
public struct Seccomp: Hashable, Sendable {
    public enum Action: String, CaseIterable, Hashable, Sendable {
        case kill = "SCMP_ACT_KILL"
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        case killThread = "SCMP_ACT_KILL_THREAD"
        case trap = "SCMP_ACT_TRAP"
        case errno = "SCMP_ACT_ERRNO"
        case trace = "SCMP_ACT_TRACE"
        case allow = "SCMP_ACT_ALLOW"
        case log = "SCMP_ACT_LOG"
        case notify = "SCMP_ACT_NOTIFY"
    }

    public enum Comparison: String, CaseIterable, Hashable, Sendable {
        case notEqual = "SCMP_CMP_NE"
        case less = "SCMP_CMP_LT"
        case lessOrEqual = "SCMP_CMP_LE"
        case equal = "SCMP_CMP_EQ"
        case greaterOrEqual = "SCMP_CMP_GE"
        case greater = "SCMP_CMP_GT"
        case maskedEqual = "SCMP_CMP_MASKED_EQ"
    }

    public enum Flag: String, CaseIterable, Hashable, Sendable {
        case tsync = "SECCOMP_FILTER_FLAG_TSYNC"
        case log = "SECCOMP_FILTER_FLAG_LOG"
        case specAllow = "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
        case waitKillableRecv = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
    }

    /// The architectures of the specification; libseccomp knows fewer.
    public enum Architecture: String, CaseIterable, Hashable, Sendable {
        case x86 = "SCMP_ARCH_X86"
        case x86_64 = "SCMP_ARCH_X86_64"
        case x32 = "SCMP_ARCH_X32"
        case arm = "SCMP_ARCH_ARM"
        case aarch64 = "SCMP_ARCH_AARCH64"
        case mips = "SCMP_ARCH_MIPS"
        case mips64 = "SCMP_ARCH_MIPS64"
        case mips64n32 = "SCMP_ARCH_MIPS64N32"
        case mipsel = "SCMP_ARCH_MIPSEL"
        case mipsel64 = "SCMP_ARCH_MIPSEL64"
        case mipsel64n32 = "SCMP_ARCH_MIPSEL64N32"
        case ppc = "SCMP_ARCH_PPC"
        case ppc64 = "SCMP_ARCH_PPC64"
        case ppc64le = "SCMP_ARCH_PPC64LE"
        case s390 = "SCMP_ARCH_S390"
        case s390x = "SCMP_ARCH_S390X"
        case parisc = "SCMP_ARCH_PARISC"
        case parisc64 = "SCMP_ARCH_PARISC64"
        case riscv64 = "SCMP_ARCH_RISCV64"
        case loongarch64 = "SCMP_ARCH_LOONGARCH64"
        case m68k = "SCMP_ARCH_M68K"
        case sh = "SCMP_ARCH_SH"
        case sheb = "SCMP_ARCH_SHEB"
    }

    public struct Argument: Hashable, Sendable {
        /// 0 to 5.
        public var index: UInt32
        public var value: UInt64
        public var valueTwo: UInt64
        public var comparison: Comparison

        public init(index: UInt32, value: UInt64, valueTwo: UInt64, comparison: Comparison) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.comparison = comparison
        }
    }

    public struct Rule: Hashable, Sendable {
        /// At least one.
        public var names: [String]
        public var action: Action
        /// Only with an action that takes one (errno, trace).
        public var errnoRet: UInt32?
        public var arguments: [Argument]

        public init(names: [String], action: Action, errnoRet: UInt32?, arguments: [Argument]) {
            self.names = names
            self.action = action
            self.errnoRet = errnoRet
            self.arguments = arguments
        }
    }

    public var defaultAction: Action
    public var defaultErrnoRet: UInt32?
    /// SCMP_ARCH_*, as written; the native one is always included.
    public var architectures: [String] = []
    /// nil: SPEC_ALLOW where the kernel has it, as runc does; empty: none.
    public var flags: [Flag]?
    public var listenerPath = ""
    public var listenerMetadata = ""
    public var rules: [Rule] = []

    public init(defaultAction: Action) { self.defaultAction = defaultAction }
}
