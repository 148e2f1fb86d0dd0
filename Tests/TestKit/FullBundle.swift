import JSON

// Configurations that make the runtime use everything it has, for tests that look at how it works.
extension Bundle {
    /// A little of everything that a container can ask for.
    public func askForEverything() throws {
        namespace("cgroup", "")
        try Files.makeDirectory(rootfs + "/data/inner")
        try Files.write(rootfs + "/data/file", "data")
        try Files.write(rootfs + "/secret", "secret")
        try Files.makeDirectory(rootfs + "/secrets")
        try Files.write(path + "/file", "bound")
        mount("/data", "tmpfs", "tmpfs", ["tmpcopyup", "nosuid"])
        mount("/file", "bind", "file", ["bind", "ro", "nosuid"])
        mount("/devices", "bind", "/dev", ["rbind", "rro", "rslave"])
        mount("/shared", "tmpfs", "tmpfs", ["ro", "shared"])
        set("/domainname", "example.org")
        set("/process/oomScoreAdj", 100)
        set("/process/user", ["uid": 1000, "gid": 1001, "additionalGids": [5, 6], "umask": 0o027])
        set("/process/cwd", "/working/dir")
        set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 512, "hard": 512], ["type": "RLIMIT_CORE", "soft": 0, "hard": 0]])
        for set in ["bounding", "effective", "permitted", "inheritable", "ambient"] { config.set("/process/capabilities/\(set)", ["CAP_KILL", "CAP_CHOWN"]) }
        set("/linux/devices", [["path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o640, "uid": 1000, "gid": 1001]])
        set("/linux/sysctl", ["net.ipv4.ip_forward": "1", "kernel.msgmax": "9999"])
        set("/linux/personality", ["domain": "LINUX"])
        set("/linux/rootfsPropagation", "rslave")
        append("/linux/maskedPaths", "/secret")
        append("/linux/maskedPaths", "/secrets")
        filter()
        let hook: Value = [["path": "/bin/true"]]
        for kind in ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] { set("/hooks/\(kind)", hook) }
        set("/hooks/startContainer", [["path": "/bin/probe", "args": ["probe", "exit", "0"], "timeout": 10]])
    }

    /// A seccomp profile of one rule.
    public func filter() {
        set("/linux/seccomp", ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["times"], "action": "SCMP_ACT_ERRNO"]]])
    }

    /// The filter goes in before the capabilities are dropped.
    public func allowNewPrivileges() { set("/process/noNewPrivileges", false) }

    /// A user namespace whose root owns the image.
    public func mapUsers() throws {
        namespace("user", "")
        for kind in ["uid", "gid"] { set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 65536]]) }
        for name in [""] + Files.entries(rootfs).map({ "/" + $0 }) { try Files.changeOwner(rootfs + name, uid: 100_000, gid: 100_000) }
    }

    /// A terminal.
    public func useTerminal() {
        set("/process/terminal", true)
        set("/process/consoleSize", ["height": 25, "width": 80])
    }
}
