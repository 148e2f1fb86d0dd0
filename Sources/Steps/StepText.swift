// table
internal import CLinux

extension Step: CustomStringConvertible {
    /// The step as `swiftrun plan` prints it and as an error names it: a verb and its subject.
    public var description: String {
        switch self {
        case .joinNamespace(_, let type, .mayRetry): "join \(NamespaceText(UInt64(UInt32(bitPattern: type)))) namespace if permitted"
        case .joinNamespace(_, let type, .last): "join \(NamespaceText(UInt64(UInt32(bitPattern: type)))) namespace"
        case .joinProcess(_, let flags): "join \(NamespaceText(UInt64(UInt32(bitPattern: flags)))) namespaces of the container"
        case .openRoot: "open root of the container"
        case .setAffinity: "set cpu affinity"
        case .fork(let flags): flags == 0 ? "fork" : "fork into new \(NamespaceText(flags)) namespaces"
        case .unshare(let flags): "unshare \(NamespaceText(flags)) namespace"
        case .setTimeOffsets: "set time offsets"
        case .await(let milestone): "await \(milestone)"
        case .becomeUndumpable: "become undumpable"
        case .dieWithParent: "die with parent"
        case .outliveParent: "outlive parent"
        case .newSession: "start a session"
        case .takeTerminal: "take the terminal"
        case .newKeyring(let name): "join session keyring \(name)"
        case .becomeRoot: "become root of the user namespace"
        case .bringLoopbackUp: "bring up loopback"
        case .setHostname(let name): "set hostname \(name)"
        case .setDomainname(let name): "set domainname \(name)"
        case .setPropagation(let flags): "make / \(PropagationText(flags))"
        case .setMountPropagation(let path, let flags): "make \(path) \(PropagationText(flags))"
        case .openTree(let path, let recursion, _):
            switch recursion {
            case .one: "open mount source \(path)"
            case .all: "open mount source \(path) and below"
            }
        case .openMappedTree(let path, let recursion, _):
            switch recursion {
            case .one: "open mount source \(path) for other owners"
            case .all: "open mount source \(path) and below for other owners"
            }
        case .attachStaging(let path): "mount staging tmpfs on \(path)"
        case .attachRoot(_, let path): "mount rootfs \(path)"
        case .mount(let step): "\(step)"
        case .bind(let step): "\(step)"
        case .makeDevice(let step): "\(step)"
        case .bindDevice(_, let step): "bind \(step.device) on \(step.path)"
        case .makeSymlink(let target, let path, _): "link \(path) to \(target)"
        case .copyUp(_, _, let path): "copy up \(path)"
        case .openNullDevice: "open /dev/null of the container"
        case .runHook(let step): "run \(step.kind) hook \(step.path)"
        case .enterRoot(.pivot): "pivot root"
        case .enterRoot(.move): "move root"
        case .coverMount(let path): "cover \(path) of the host"
        case .setRootPropagation(let flags): "make root \(PropagationText(flags))"
        case .reopenNullStreams: "reopen null streams"
        case .makeDirectory(let path): "make directory \(path)"
        case .openTerminal(let step):
            step.height == 0 ? "open terminal" : "open terminal of \(step.width) columns and \(step.height) rows"
        case .remountReadonly(_, let path): "remount \(path) read-only"
        case .makeRootReadonly: "make root read-only"
        case .writeSysctl(let path, let value): "write \(value) to /proc/\(path)"
        case .makeReadonly(let path): "make \(path) read-only"
        case .mask(let path): "mask \(path)"
        case .setUmask(let mask): "set umask 0\(String(mask, radix: 8))"
        case .setNoNewPrivileges: "set no_new_privs"
        case .setScheduler: "set scheduler"
        case .setIOPriority(let value): "set io priority class \(value >> 13), level \(value & 7)"
        case .setMemoryPolicy(let mode, _): "set memory policy \(mode)"
        case .setExecLabel(_, let label): "label the program \(label)"
        case .setPersonality(let domain): "set personality \(domain)"
        case .enterWorkingDirectory(let path, .mayRetry): "enter working directory \(path)"
        case .enterWorkingDirectory(let path, .last): "enter working directory \(path) as the user"
        case .loadFilter(let step): "load seccomp filter of \(step.program.count / 8) instructions"
        case .limitBounding(let mask): "limit bounding set to \(hex(mask))"
        case .keepCapabilities: "keep capabilities over the change of user"
        case .ownStreams(let uid): "give standard streams to uid \(uid)"
        case .setGroups(_, let count): "set \(count) supplementary groups"
        case .becomeUser(let uid, let gid): "become uid \(uid), gid \(gid)"
        case .setCapabilities(let effective, let permitted, let inheritable):
            "set capabilities effective \(hex(effective)), permitted \(hex(permitted)), inheritable \(hex(inheritable))"
        case .raiseAmbient(let mask): "raise ambient capabilities \(hex(mask))"
        case .findHome(let uid, _): "find home of uid \(uid)"
        case .findProgram(let step): "find program \(step.name)"
        case .passDescriptor(_, let number): "pass descriptor \(number)"
        case .keepDescriptors(let count, _): count == 0 ? "close descriptors from 3 on" : "keep descriptors 3 to \(2 + count)"
        case .resetSignals: "reset signals"
        case .waitAtGate: "wait for start"
        case .tellStart: "tell start"
        case .executeHook(let step): "exec \(step.kind) hook \(step.path)"
        case .execute(let step): "exec \(step.arguments.strings)"
        }
    }
}

private func hex(_ mask: UInt64) -> String { "0x" + String(mask, radix: 16) }

extension MountStep: CustomStringConvertible {
    public var description: String {
        var words = "mount \(type) on \(target)"
        var details = MountFlag.names(flags)
        if data.count > 0 { details.append(data.description) }
        details += propagationNames(propagation)
        if !details.isEmpty { words += " (" + details.joined(separator: ",") + ")" }
        return words
    }
}

extension BindStep: CustomStringConvertible {
    public var description: String {
        var details = MountFlag.attributeNames(set)
        details += MountFlag.attributeNames(mustClear & ~MountFlag.accessTime).map { "no " + $0 }
        details += MountFlag.attributeNames(recursiveSet).map { "all " + $0 }
        details += MountFlag.attributeNames(recursiveClear & ~MountFlag.accessTime).map { "all no " + $0 }
        details += propagationNames(propagation)
        return "bind on \(target)" + (details.isEmpty ? "" : " (" + details.joined(separator: ",") + ")")
    }
}

extension DeviceStep: CustomStringConvertible {
    public var description: String { "make \(device) \(path)" }

    var device: String {
        switch mode & 0o170000 {
        case 0o060000: "block device \(major):\(minor)"
        case 0o010000: "fifo"
        default: "character device \(major):\(minor)"
        }
    }
}

extension Milestone: CustomStringConvertible {
    public var description: String {
        switch self {
        case .mapIDs: "id maps"
        case .runRuntimeHooks: "prestart and createRuntime hooks"
        case .setLimits: "limits"
        case .ready: "record"
        }
    }
}

/// The names of the CLONE_NEW* flags in a mask.
struct NamespaceText: CustomStringConvertible {
    let flags: UInt64

    init(_ flags: UInt64) { self.flags = flags }

    var description: String {
        let names: [(UInt32, String)] = [
            (UInt32(CLONE_NEWUSER), "user"), (UInt32(CLONE_NEWPID), "pid"), (UInt32(CLONE_NEWNS), "mount"),
            (UInt32(CLONE_NEWNET), "network"), (UInt32(CLONE_NEWIPC), "ipc"), (UInt32(CLONE_NEWUTS), "uts"),
            (UInt32(CLONE_NEWCGROUP), "cgroup"), (UInt32(CLONE_NEWTIME), "time"),
        ]
        return names.filter { flags & UInt64($0.0) != 0 }.map(\.1).joined(separator: ", ")
    }
}

private func propagationNames(_ flags: UInt64) -> [String] { flags == 0 ? [] : [PropagationText(flags).description] }

/// `rslave` and its like.
struct PropagationText: CustomStringConvertible {
    let flags: UInt64

    init(_ flags: UInt64) { self.flags = flags }

    var description: String {
        let names: [(UInt64, String)] = [
            (clinux_MS_SHARED, "shared"), (clinux_MS_SLAVE, "slave"), (clinux_MS_PRIVATE, "private"),
            (clinux_MS_UNBINDABLE, "unbindable"),
        ]
        let name = names.filter { flags & $0.0 != 0 }.map(\.1).joined()
        return (flags & clinux_MS_REC != 0 ? "r" : "") + name
    }
}

/// Names of MS_* and MOUNT_ATTR_* bits, as mount(8) has them.
enum MountFlag {
    /// The bits of the access time mode, which is cleared whole only to be set.
    static var accessTime: UInt64 { UInt64(MOUNT_ATTR__ATIME) }

    static func names(_ flags: UInt64) -> [String] {
        let table: [(UInt64, String)] = [
            (clinux_MS_RDONLY, "ro"), (clinux_MS_NOSUID, "nosuid"), (clinux_MS_NODEV, "nodev"), (clinux_MS_NOEXEC, "noexec"),
            (clinux_MS_SYNCHRONOUS, "sync"), (clinux_MS_DIRSYNC, "dirsync"), (clinux_MS_MANDLOCK, "mand"),
            (clinux_MS_NOSYMFOLLOW, "nosymfollow"), (clinux_MS_NOATIME, "noatime"), (clinux_MS_NODIRATIME, "nodiratime"),
            (clinux_MS_RELATIME, "relatime"), (clinux_MS_STRICTATIME, "strictatime"), (clinux_MS_LAZYTIME, "lazytime"),
            (clinux_MS_I_VERSION, "iversion"), (clinux_MS_SILENT, "silent"),
        ]
        return table.filter { flags & $0.0 != 0 }.map(\.1)
    }

    static func attributeNames(_ attributes: UInt64) -> [String] {
        let table: [(UInt64, String)] = [
            (UInt64(MOUNT_ATTR_RDONLY), "ro"), (UInt64(MOUNT_ATTR_NOSUID), "nosuid"), (UInt64(MOUNT_ATTR_NODEV), "nodev"),
            (UInt64(MOUNT_ATTR_NOEXEC), "noexec"), (UInt64(MOUNT_ATTR_NODIRATIME), "nodiratime"),
            (UInt64(MOUNT_ATTR_NOSYMFOLLOW), "nosymfollow"), (UInt64(MOUNT_ATTR_NOATIME), "noatime"),
            (UInt64(MOUNT_ATTR_STRICTATIME), "strictatime"),
        ]
        return table.filter { attributes & $0.0 != 0 }.map(\.1)
    }
}
