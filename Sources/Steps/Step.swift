/// One semantic act of the child between clone and exec.
///
/// Plain bits: all text, all policy and all order were decided before the clone. Paths are the container's, resolved beneath the
/// `root` slot, unless said otherwise.
public enum Step: BitwiseCopyable {
    // Namespaces and identity of the process itself
    /// Joins a namespace opened by the parent and closes it; `type` is its CLONE_NEW* flag. One that was joined before is passed
    /// over. setns(2).
    case joinNamespace(Slot, type: Int32, Patience)
    /// Joins namespaces of a process at once; a set of CLONE_NEW* flags. setns(2) with a pidfd.
    case joinProcess(Slot, flags: Int32)
    /// The root of the mount namespace just joined becomes the `root` slot.
    case openRoot
    /// CPUs that the process may run on, one bit each. sched_setaffinity(2).
    case setAffinity(CBytes)
    /// Goes on in a new process, in new namespaces; the parent becomes its parent too. clone3(2) with CLONE_PARENT.
    case fork(flags: UInt64)
    case unshare(flags: UInt64)
    /// Lines for /proc/self/timens_offsets, before anyone enters the new time namespace.
    case setTimeOffsets(CText)
    case await(Milestone)
    /// Hides the process from ptrace and /proc from anyone without rights over the host (CVE-2016-9962).
    case becomeUndumpable
    case dieWithParent
    case outliveParent
    case newSession
    /// The terminal on standard input becomes the new session's. ioctl(2) with TIOCSCTTY.
    case takeTerminal
    /// A new session keyring of this name. keyctl(2).
    case newKeyring(CText)
    /// uid and gid 0 of the new user namespace.
    case becomeRoot

    // Network and names
    case bringLoopbackUp
    case setHostname(CText)
    case setDomainname(CText)

    // File systems
    /// Of every mount of the new mount namespace, before any is added. MS_* flags.
    case setPropagation(UInt64)
    /// Of the mount at this path of the host.
    case setMountPropagation(CText, UInt64)
    /// A detached copy of the mounts at a path of the host.
    case openTree(CText, Recursion, Slot)
    /// The same; the parent, who has rights over the host, then maps its owners.
    case openMappedTree(CText, Recursion, Slot)
    /// Mounts a tmpfs of this process's own on a path of the host: it holds the `staging` and `emptyDirectory` slots.
    case attachStaging(CText)
    /// Mounts the copied root file system over the staging tmpfs and makes it the `root` slot; the text is its path on the host.
    case attachRoot(Slot, CText)
    case mount(MountStep)
    case bind(BindStep)
    /// Makes a node, or accepts one that is the same device.
    case makeDevice(DeviceStep)
    /// Mounts a node of the host on a new file, if it is the device that was asked for.
    case bindDevice(Slot, DeviceStep)
    case makeSymlink(to: CText, at: CText, Existing)
    /// Copies a directory that was covered into the tmpfs that covers it; the text is its path.
    case copyUp(from: Slot, into: Slot, CText)
    case openNullDevice
    case runHook(HookStep)
    case enterRoot(RootEntry)
    /// Takes a mount of the host out of reach when the root is entered without pivoting.
    case coverMount(CText)
    /// Of the container's root mount; MS_* flags.
    case setRootPropagation(UInt64)
    /// Replaces standard streams that are the host's null device by the container's.
    case reopenNullStreams
    case makeDirectory(CText)
    case openTerminal(TerminalStep)
    /// Of a mount that was kept; the text is its path.
    case remountReadonly(Slot, CText)
    case makeRootReadonly
    case writeSysctl(CText, CText)
    case makeReadonly(CText)
    case mask(CText)

    // What the process may do
    case setUmask(UInt32)
    case setNoNewPrivileges
    /// `struct sched_attr`. sched_setattr(2).
    case setScheduler(CBytes)
    case setIOPriority(Int32)
    case setMemoryPolicy(mode: Int32, CBytes)
    case setPersonality(UInt64)
    /// What the security module runs the program as; the text is what its file in /proc wants.
    case setExecLabel(SecurityModule, CText)
    case enterWorkingDirectory(CText, Patience)
    case loadFilter(FilterStep)
    /// Drops every bounding capability not in this mask.
    case limitBounding(UInt64)
    case keepCapabilities
    /// Gives standard streams that are not shared devices to this user.
    case ownStreams(uid: UInt32)
    case setGroups(CBytes, count: Int32)
    case becomeUser(uid: UInt32, gid: UInt32)
    case setCapabilities(effective: UInt64, permitted: UInt64, inheritable: UInt64)
    /// Each that cannot be raised is left out, as the specification asks.
    case raiseAmbient(UInt64)
    /// HOME of this uid from the container's /etc/passwd, written over the room after "HOME=".
    case findHome(uid: UInt32, CBytes)
    case findProgram(ProgramStep)
    /// The slot's descriptor under this number too, open over exec. dup3(2).
    case passDescriptor(Slot, as: Int32)
    /// Descriptors 3 up to 2+n stay open over exec. Of the others those that the steps still need close on exec, among them the
    /// state for hooks; the rest closes now.
    case keepDescriptors(Int32, state: Slot?)
    case resetSignals

    // The end
    case waitAtGate
    /// Tells `start` that all is done but execve: an end without it is a death.
    case tellStart
    case execute(ProgramStep)
    /// Becomes a hook of the runtime's own namespaces.
    case executeHook(HookStep)
}

public enum Recursion: BitwiseCopyable, Hashable, Sendable { case one, all }

public enum Existing: BitwiseCopyable, Hashable, Sendable { case keep, replace }

public enum RootEntry: BitwiseCopyable, Hashable, Sendable { case pivot, move }

public enum SecurityModule: BitwiseCopyable, Hashable, Sendable { case apparmor, selinux }

/// Whether what is refused now is tried again after the user or the user namespace has changed.
public enum Patience: BitwiseCopyable, Hashable, Sendable { case mayRetry, last }

/// mount(2) of a new file system.
public struct MountStep: BitwiseCopyable {
    public var source: CText
    public var target: CText
    public var type: CText
    /// MS_* flags.
    public var flags: UInt64
    public var data: CText
    /// MS_* propagation flags to set afterwards, in order; 0: none.
    public var propagation: UInt64
    /// MOUNT_ATTR_* to set and clear on everything below.
    public var recursiveSet: UInt64
    public var recursiveClear: UInt64
    public var targetRule: TargetRule
    /// Whether the new root takes the mode of the directory it covers, when that was there before.
    public var mode: CoveredMode
    /// Mounted instead when the kernel refuses (cgroup2 without a cgroup namespace of ours); the empty directory if there is none.
    public var fallback: Slot?
    /// Gets the directory that is covered, opened for reading, when it was there before.
    public var covered: Slot?
    /// Gets the mount, for what is to be done to it later.
    public var mounted: Slot?

    public init(source: CText, target: CText, type: CText, flags: UInt64, data: CText) {
        self.source = source
        self.target = target
        self.type = type
        self.flags = flags
        self.data = data
        propagation = 0
        recursiveSet = 0
        recursiveClear = 0
        targetRule = .follow
        mode = .ownDefault
        fallback = nil
        covered = nil
        mounted = nil
    }
}

public enum CoveredMode: BitwiseCopyable, Hashable, Sendable { case ownDefault, kept }

public enum TargetRule: BitwiseCopyable, Hashable, Sendable {
    /// Symlinks in the image are followed inside the root.
    case follow
    /// A symlink on the way is refused: /proc and /sys (CVE-2019-19921).
    case refuseLinks
}

/// A detached tree put on a path.
public struct BindStep: BitwiseCopyable {
    public var tree: Slot
    public var target: CText
    /// Asked for with these MOUNT_ATTR_*: `set` and `clear`; what the kernel has locked stays unless it stands in `mustClear`.
    public var set: UInt64
    public var clear: UInt64
    public var mustClear: UInt64
    public var recursiveSet: UInt64
    public var recursiveClear: UInt64
    public var propagation: UInt64
    /// Whether the target may lie inside a procfs: only the files that lxcfs replaces.
    public var coversProc: ProcCover

    public init(tree: Slot, target: CText) {
        self.tree = tree
        self.target = target
        set = 0
        clear = 0
        mustClear = 0
        recursiveSet = 0
        recursiveClear = 0
        propagation = 0
        coversProc = .refused
    }
}

public enum ProcCover: BitwiseCopyable, Hashable, Sendable { case refused, allowed }

public struct DeviceStep: BitwiseCopyable {
    public var path: CText
    /// Type and permission bits.
    public var mode: UInt32
    public var major: UInt32
    public var minor: UInt32
    public var uid: UInt32
    public var gid: UInt32

    public init(path: CText, mode: UInt32, major: UInt32, minor: UInt32, uid: UInt32, gid: UInt32) {
        self.path = path
        self.mode = mode
        self.major = major
        self.minor = minor
        self.uid = uid
        self.gid = gid
    }
}

public struct HookStep: BitwiseCopyable {
    public var kind: CText
    public var path: CText
    public var arguments: CTexts
    public var environment: CTexts
    /// A file with the state as JSON; at `pidOffset`, 10 spaces wait for this process's pid.
    public var state: Slot
    public var pidOffset: Int
    /// Nanoseconds; 0: no limit.
    public var timeout: Int64

    public init(
        kind: CText, path: CText, arguments: CTexts, environment: CTexts, state: Slot, pidOffset: Int, timeout: Int64
    ) {
        self.kind = kind
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.state = state
        self.pidOffset = pidOffset
        self.timeout = timeout
    }
}

public struct TerminalStep: BitwiseCopyable {
    /// 0: the size is left alone.
    public var height: UInt16
    public var width: UInt16
    public var console: Console

    /// Whether the terminal is also /dev/console: that of the container's init is.
    public enum Console: BitwiseCopyable, Hashable, Sendable { case mounted, none }

    public init(height: UInt16, width: UInt16, _ console: Console) {
        self.height = height
        self.width = width
        self.console = console
    }
}

public struct FilterStep: BitwiseCopyable {
    /// `struct sock_filter[]`.
    public var program: CBytes
    /// SECCOMP_FILTER_FLAG_*.
    public var flags: UInt32
    public var listener: Listener

    public enum Listener: BitwiseCopyable, Hashable, Sendable { case none, sent }

    public init(program: CBytes, flags: UInt32, listener: Listener) {
        self.program = program
        self.flags = flags
        self.listener = listener
    }
}

/// What to execute: the first candidate that is an executable file.
public struct ProgramStep: BitwiseCopyable {
    /// args[0] as written.
    public var name: CText
    /// Absolute paths to try, in the order of PATH.
    public var candidates: CTexts
    public var arguments: CTexts
    public var environment: CTexts

    public init(name: CText, candidates: CTexts, arguments: CTexts, environment: CTexts) {
        self.name = name
        self.candidates = candidates
        self.arguments = arguments
        self.environment = environment
    }
}
