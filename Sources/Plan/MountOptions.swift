// table
internal import CLinux

/// Every option of `mounts[].options` that is not left to the file system, sorted.
public let mountOptionNames: [String] = MountOptions.names

/// What the options of one mount mean together; a later one wins over an earlier.
struct MountOptions {
    /// MS_* flags asked for, and those asked to be clear.
    var wanted: UInt64 = 0
    var cleared: UInt64 = 0
    /// MS_* propagation flags; 0: none.
    var propagation: UInt64 = 0
    /// MOUNT_ATTR_* for everything below.
    var recursiveSet: UInt64 = 0
    var recursiveClear: UInt64 = 0
    var isBind = false
    var isRecursiveBind = false
    var copiesUp = false
    /// nil: not asked for.
    var idMap: MappedSource.Reach?
    /// What the file system itself is to understand.
    var data: [String] = []

    init(_ options: [String]) {
        for option in options { add(option) }
    }

    private mutating func add(_ option: String) {
        if let (flag, isClearing) = Self.flags[option] {
            if isClearing {
                wanted &= ~flag
                cleared |= flag
            } else {
                if flag & Self.accessTimes != 0 { wanted &= ~Self.accessTimes }
                wanted |= flag
                cleared &= ~flag
            }
        } else if let flags = Self.propagations[option] {
            propagation = flags
        } else if let (attributes, isClearing) = Self.recursive[option] {
            let mode = UInt64(MOUNT_ATTR__ATIME)
            // The kernel wants the whole access time mode cleared before another is set.
            if Self.recursiveAccessTimes.contains(option) {
                recursiveSet &= ~mode
                recursiveClear |= mode
                recursiveSet |= isClearing ? 0 : attributes
            } else if isClearing {
                recursiveSet &= ~attributes
                recursiveClear |= attributes
            } else {
                recursiveSet |= attributes
                recursiveClear &= ~attributes
            }
        } else {
            switch option {
            case "bind": isBind = true
            case "rbind":
                isBind = true
                isRecursiveBind = true
            case "tmpcopyup": copiesUp = true
            case "idmap": idMap = .one
            case "ridmap": idMap = .all
            case "defaults", "": break
            default: data.append(option)
            }
        }
    }

    /// Whether the mount's own flags were spoken of at all: a bind without keeps those of its source.
    var hasFlags: Bool { wanted != 0 || cleared != 0 }

    static let accessTimes = clinux_MS_NOATIME | clinux_MS_RELATIME | clinux_MS_STRICTATIME

    static let flags: [String: (UInt64, Bool)] = [
        "async": (clinux_MS_SYNCHRONOUS, true), "sync": (clinux_MS_SYNCHRONOUS, false),
        "atime": (clinux_MS_NOATIME, true), "noatime": (clinux_MS_NOATIME, false),
        "dev": (clinux_MS_NODEV, true), "nodev": (clinux_MS_NODEV, false),
        "diratime": (clinux_MS_NODIRATIME, true), "nodiratime": (clinux_MS_NODIRATIME, false),
        "dirsync": (clinux_MS_DIRSYNC, false),
        "exec": (clinux_MS_NOEXEC, true), "noexec": (clinux_MS_NOEXEC, false),
        "iversion": (clinux_MS_I_VERSION, false), "noiversion": (clinux_MS_I_VERSION, true),
        "lazytime": (clinux_MS_LAZYTIME, false), "nolazytime": (clinux_MS_LAZYTIME, true),
        "loud": (clinux_MS_SILENT, true), "silent": (clinux_MS_SILENT, false),
        "mand": (clinux_MS_MANDLOCK, false), "nomand": (clinux_MS_MANDLOCK, true),
        "relatime": (clinux_MS_RELATIME, false), "norelatime": (clinux_MS_RELATIME, true),
        "strictatime": (clinux_MS_STRICTATIME, false), "nostrictatime": (clinux_MS_STRICTATIME, true),
        "nosymfollow": (clinux_MS_NOSYMFOLLOW, false), "symfollow": (clinux_MS_NOSYMFOLLOW, true),
        "suid": (clinux_MS_NOSUID, true), "nosuid": (clinux_MS_NOSUID, false),
        "rw": (clinux_MS_RDONLY, true), "ro": (clinux_MS_RDONLY, false),
        "remount": (clinux_MS_REMOUNT, false),
    ]

    static let propagations: [String: UInt64] = [
        "private": clinux_MS_PRIVATE, "shared": clinux_MS_SHARED, "slave": clinux_MS_SLAVE,
        "unbindable": clinux_MS_UNBINDABLE,
        "rprivate": clinux_MS_PRIVATE | clinux_MS_REC, "rshared": clinux_MS_SHARED | clinux_MS_REC,
        "rslave": clinux_MS_SLAVE | clinux_MS_REC, "runbindable": clinux_MS_UNBINDABLE | clinux_MS_REC,
    ]

    static let recursive: [String: (UInt64, Bool)] = [
        "rro": (UInt64(MOUNT_ATTR_RDONLY), false), "rrw": (UInt64(MOUNT_ATTR_RDONLY), true),
        "rnosuid": (UInt64(MOUNT_ATTR_NOSUID), false), "rsuid": (UInt64(MOUNT_ATTR_NOSUID), true),
        "rnodev": (UInt64(MOUNT_ATTR_NODEV), false), "rdev": (UInt64(MOUNT_ATTR_NODEV), true),
        "rnoexec": (UInt64(MOUNT_ATTR_NOEXEC), false), "rexec": (UInt64(MOUNT_ATTR_NOEXEC), true),
        "rnodiratime": (UInt64(MOUNT_ATTR_NODIRATIME), false), "rdiratime": (UInt64(MOUNT_ATTR_NODIRATIME), true),
        "rnosymfollow": (UInt64(MOUNT_ATTR_NOSYMFOLLOW), false), "rsymfollow": (UInt64(MOUNT_ATTR_NOSYMFOLLOW), true),
        "rrelatime": (UInt64(MOUNT_ATTR_RELATIME), false), "rnorelatime": (UInt64(MOUNT_ATTR_RELATIME), true),
        "rnoatime": (UInt64(MOUNT_ATTR_NOATIME), false), "ratime": (UInt64(MOUNT_ATTR_NOATIME), true),
        "rstrictatime": (UInt64(MOUNT_ATTR_STRICTATIME), false), "rnostrictatime": (UInt64(MOUNT_ATTR_STRICTATIME), true),
    ]

    static let recursiveAccessTimes: Set<String> = [
        "rrelatime", "rnorelatime", "rnoatime", "ratime", "rstrictatime", "rnostrictatime",
    ]

    static let names = (Array(flags.keys) + Array(propagations.keys) + Array(recursive.keys)
        + ["bind", "defaults", "idmap", "rbind", "ridmap", "tmpcopyup"]).sorted()

    /// MOUNT_ATTR_* of those MS_* flags that belong to one mount rather than to its file system.
    static func attributes(_ flags: UInt64) -> UInt64 {
        let table: [(UInt64, UInt64)] = [
            (clinux_MS_RDONLY, UInt64(MOUNT_ATTR_RDONLY)), (clinux_MS_NOSUID, UInt64(MOUNT_ATTR_NOSUID)),
            (clinux_MS_NODEV, UInt64(MOUNT_ATTR_NODEV)), (clinux_MS_NOEXEC, UInt64(MOUNT_ATTR_NOEXEC)),
            (clinux_MS_NODIRATIME, UInt64(MOUNT_ATTR_NODIRATIME)),
            (clinux_MS_NOSYMFOLLOW, UInt64(MOUNT_ATTR_NOSYMFOLLOW)),
            (clinux_MS_NOATIME, UInt64(MOUNT_ATTR_NOATIME)), (clinux_MS_STRICTATIME, UInt64(MOUNT_ATTR_STRICTATIME)),
        ]
        var result: UInt64 = 0
        for (flag, attribute) in table where flags & flag != 0 { result |= attribute }
        return result
    }
}
