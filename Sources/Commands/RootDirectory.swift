internal import Kernel

/// Where containers are kept.
struct RootDirectory: Hashable {
    /// Absolute, without `.`, `..` and doubled slashes.
    let path: String
    let origin: Origin

    enum Origin: Hashable {
        /// --root.
        case given
        /// Below $XDG_RUNTIME_DIR.
        case callersOwn
        case system
    }

    /// `given`: the value of --root.
    init(_ given: String?, of caller: Caller) throws(Failure) {
        if let given {
            path = Path.clean(Path.isAbsolute(given) ? given : caller.workingDirectory + "/" + given)
            origin = .given
            if path == "/" { throw Failure("option --root argument should not be set to /") }
        } else if let directory = caller.runtimeDirectory, Path.isAbsolute(directory), caller.isUnprivileged {
            path = Path.clean(directory + "/swiftrun")
            origin = .callersOwn
        } else {
            path = "/run/swiftrun"
            origin = .system
        }
    }

    /// Makes the caller's own, with the sticky bit: without it systemd-tmpfiles takes it for litter and removes it after a while
    /// (XDG Base Directory Specification).
    func make() throws(SyscallError) {
        guard origin == .callersOwn else { return }
        try makeDirectories(path, permissions: 0o700)
        try changePermissions(of: open(path, [.readOnly, .directory, .noFollow]), 0o1700)
    }
}

/// What of the caller decides about the root directory.
struct Caller: Hashable {
    var effectiveUID: UInt32
    var isInUserNamespace: Bool
    /// $USER.
    var userName: String?
    /// $XDG_RUNTIME_DIR.
    var runtimeDirectory: String?
    var workingDirectory: String

    /// Root of a user namespace is nobody special on the host, unless it calls itself root (as `su` in a container does).
    var isUnprivileged: Bool {
        effectiveUID != 0 || isInUserNamespace && userName != "root"
    }

    /// What matters is looked up for this value of --root, and nothing else: /proc may be out of reach, the working directory gone.
    static func current(root: String?) throws(SyscallError) -> Caller {
        let uid = OwnIDs().effectiveUID
        let runtimeDirectory = root == nil ? environment("XDG_RUNTIME_DIR") : nil
        var caller = Caller(
            effectiveUID: uid, isInUserNamespace: false, userName: environment("USER"), runtimeDirectory: runtimeDirectory,
            workingDirectory: "/")
        if uid == 0 && runtimeDirectory != nil {
            caller.isInUserNamespace = !isFirstUserNamespace(uidMap: try ProcFS.open().readText("self/uid_map"))
        }
        if let root, !Path.isAbsolute(root) { caller.workingDirectory = try Kernel.workingDirectory() }
        return caller
    }
}

/// All ids on themselves is what the first user namespace has in /proc/self/uid_map (user_namespaces(7)).
func isFirstUserNamespace(uidMap: String) -> Bool {
    uidMap.split { $0 == " " || $0 == "\n" } == ["0", "0", "4294967295"]
}
