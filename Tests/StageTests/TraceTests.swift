import TestKit
import Testing

// docs/child.md: between clone3 and execve the child makes the system calls of its plan, and none that allocates.
@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Host.hasStrace && UnderTest.isSwiftrun, "needs root, strace, and swiftrun itself"),
    .timeLimit(.minutes(2)))
struct TraceTests {
    enum Kind: String, CaseIterable { case plain, everything, newPrivileges, userNamespace, terminal, joined }

    func bundle(_ kind: Kind) throws -> Bundle {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        switch kind {
        case .plain: break
        case .everything: try bundle.askForEverything()
        case .newPrivileges:
            bundle.filter()
            bundle.allowNewPrivileges()
        case .userNamespace: try bundle.mapUsers()
        case .terminal: bundle.useTerminal()
        case .joined:
            bundle.namespace("network", "/proc/self/ns/net")
            bundle.namespace("ipc", "/proc/self/ns/ipc")
        }
        return bundle
    }

    /// The child's calls from its birth to its program, and the call that made it.
    func child(_ bundle: Bundle, _ kind: Kind) throws -> (birth: Trace.Call, calls: [Trace.Call]) {
        try bundle.save()
        let id = bundle.scratch.unique("traced")
        let verb = ["--bundle", bundle.path, id]
        var trace: Trace
        if kind == .terminal {
            let socket = try ConsoleSocket()
            trace = try traced(["run", "--detach", "--console-socket", socket.path] + verb)
            _ = try socket.terminal()
        } else {
            trace = try traced(["run"] + verb)
        }
        let births = trace.clones.filter { $0.text.contains("CLONE_NEW") }
        #expect(births.count == 1, "one clone makes init: \(births)")
        let birth = try #require(births.first)
        return (birth, trace.untilExec(try #require(birth.result)))
    }

    @Test(arguments: Kind.allCases) func `the child never allocates`(kind: Kind) throws {
        let child = try child(try bundle(kind), kind)
        #expect(child.calls.last?.name == "execve")
        #expect(child.calls.count > 50)
        let forbidden: Set = ["brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex", "sched_yield", "set_robust_list", "rseq"]
        for call in child.calls { #expect(!forbidden.contains(call.name), "\(call)") }
    }

    @Test(arguments: Kind.allCases) func `init is made by clone3, a process with memory of its own`(kind: Kind) throws {
        let birth = try child(try bundle(kind), kind).birth
        #expect(birth.name == "clone3")
        for flag in ["CLONE_VM", "CLONE_VFORK", "CLONE_FILES", "CLONE_FS|", "CLONE_THREAD"] { #expect(!birth.text.contains(flag), "\(birth)") }
        #expect(birth.text.contains("CLONE_INTO_CGROUP"), "\(birth)")
    }

    @Test(arguments: Kind.allCases) func `every call belongs to a step of the plan, and every step is seen`(kind: Kind) throws {
        let bundle = try bundle(kind)
        let calls = try child(bundle, kind).calls
        let plan = try swiftrun("plan", "--bundle", bundle.path)
        #expect(plan.status == 0, "\(plan)")
        let steps = plan.output.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.first?.isNumber == true }
            .map { String($0.drop { $0.isNumber }.drop { $0 == " " }) }
        #expect(steps.count > 30)

        // Before the first step the child lets go of what is not its own.
        var rest = calls.drop { $0.name == "close_range" }[...]
        let rules = try steps.map { try #require(Rule.of($0), "no rule for the step \"\($0)\"") }
        for (index, (step, rule)) in zip(steps, rules).enumerated() {
            var isSeen = rule.sign == nil
            let next = rules[(index + 1)...].first { $0.sign != nil }
            // What was mounted in the staging directory, or stands in for it, is moved to its place.
            var isStaged = false
            while let call = rest.first {
                guard rule.isSign(call) || rule.calls.contains(call.name) else { break }
                // A second sign is the next step's that has the same, and the next step's sign begins it.
                if isStaged && call.name == "move_mount" {
                    isStaged = false
                } else if isSeen && (rule.isSign(call) && !rule.repeats || next?.isSign(call) == true) {
                    break
                }
                isStaged = isStaged || call.name == "mount"
                isSeen = isSeen || rule.isSign(call)
                rest = rest.dropFirst()
            }
            try #require(isSeen, "the step \"\(step)\" is not seen before: \(rest.first?.text ?? "the end")")
        }
        #expect(rest.isEmpty, "no step explains: \(rest.prefix(3).map(\.text))")
    }

    @Test func `after its filter is loaded the child only waits and executes`() throws {
        let bundle = try bundle(.everything)
        bundle.remove("/hooks/startContainer")
        let calls = try child(bundle, .everything).calls
        let load = try #require(calls.lastIndex { $0.name == "seccomp" })
        let after = Set(calls[(load + 1)...].map(\.name))
        #expect(after.isSubset(of: ["write", "read", "close_range", "execve", "exit", "exit_group"]), "\(after)")
    }
}

/// What a step may do, and what it must.
struct Rule {
    /// Names of the calls it may make.
    var calls: Set<String>
    /// The beginning of a call that has to be among them.
    var sign: String?
    /// Whether that call may come more than once.
    var repeats = true

    func isSign(_ call: Trace.Call) -> Bool {
        guard let sign else { return false }
        return call.text.hasPrefix(sign) || call.text.contains(sign) && calls.contains(call.name)
    }

    static let walk: Set = ["openat2", "openat", "statx", "close", "fstatfs", "fchdir", "readlinkat", "mkdirat", "fcntl"]

    static func of(_ step: String) -> Rule? {
        let words = step.split(separator: " ").map(String.init)
        let last = words.last ?? ""
        func starts(_ text: String) -> Bool { step.hasPrefix(text) }
        func rule(_ calls: Set<String>, _ sign: String?, repeats: Bool = true) -> Rule { Rule(calls: calls, sign: sign, repeats: repeats) }

        if starts("set umask") { return rule(["umask"], "umask(", repeats: false) }
        if starts("become undumpable") { return rule(["prctl"], "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)", repeats: false) }
        if starts("die with parent") { return rule(["prctl"], "prctl(PR_SET_PDEATHSIG, SIGKILL)", repeats: false) }
        if starts("outlive parent") { return rule(["prctl"], "prctl(PR_SET_PDEATHSIG, 0)", repeats: false) }
        if starts("make / ") { return rule(["mount"], "mount(\"none\", \"/\"", repeats: false) }
        if starts("make root read-only") { return rule(walk.union(["mount", "mount_setattr"]), "mount_setattr(") }
        if starts("make root ") { return rule(walk.union(["mount", "mount_setattr"]), "mount") }
        if step.hasSuffix("for other owners") { return rule(["sendmsg", "read"], "open_tree(AT_FDCWD, \"\(words[3])\"", repeats: false) }
        if starts("open mount source") { return rule(["close"], "open_tree(AT_FDCWD, \"\(words[3])\"", repeats: false) }
        if starts("open /dev/null of the container") { return rule(walk, "\"/dev/null\"") }
        if starts("open terminal") { return rule(walk.union(["ioctl", "dup3", "sendmsg", "open_tree", "move_mount", "fchownat", "mknodat", "setsid"]), "ioctl(") }
        if starts("start a session") { return rule([], "setsid()", repeats: false) }
        if starts("join session keyring") { return rule(["keyctl"], "keyctl(KEYCTL_JOIN_SESSION_KEYRING") }
        if starts("join") { return rule(["setns", "close", "openat2", "read"], "setns(", repeats: false) }
        if starts("become root of the user namespace") { return rule(["setresuid", "setresgid", "setgroups"], "setresuid(0, 0, 0)") }
        if starts("bring up loopback") { return rule(["socket", "ioctl", "close"], "ioctl(") }
        if starts("set hostname") { return rule([], "sethostname(\"\(last)\"", repeats: false) }
        if starts("set domainname") { return rule([], "setdomainname(\"\(last)\"", repeats: false) }
        if starts("mount staging tmpfs") {
            return rule(["fsopen", "fsconfig", "fsmount", "close", "mkdirat", "move_mount", "open_tree", "mount_setattr"], "fsopen(", repeats: false)
        }
        if starts("mount rootfs") { return rule(["mount_setattr"], "move_mount(", repeats: false) }
        if starts("mount ") {
            return rule(walk.union(["mount", "mount_setattr", "open_tree", "move_mount", "fchmodat"]), ", \"\(words[1])\", ", repeats: false)
        }
        if starts("bind ") {
            return rule(walk.union(["mknodat", "mount_setattr", "move_mount", "open_tree", "mount", "unlinkat"]), "move_mount(", repeats: false)
        }
        if starts("make character device") || starts("make block device") || starts("make fifo") {
            return rule(walk.union(["mknodat", "fchmodat", "fchownat", "unlinkat"]), "mknodat(", repeats: false)
        }
        if starts("link ") { return rule(walk.union(["symlinkat", "unlinkat"]), "symlinkat(\"\(last)\"", repeats: false) }
        if starts("copy up") {
            return rule(
                walk.union(["getdents64", "symlinkat", "mknodat", "fchownat", "fchmodat", "sendfile", "utimensat", "copy_file_range", "lseek"]), nil)
        }
        if starts("run ") { return rule(["pwrite64", "lseek", "clone3", "clone", "ppoll", "waitid", "close", "pidfd_send_signal", "getpid"], "clone3(") }
        if starts("unshare") { return rule([], "unshare(", repeats: false) }
        if starts("pivot root") { return rule(["fchdir", "umount2", "mount", "chdir", "close", "mount_setattr", "openat", "statx"], "pivot_root(") }
        if starts("reopen null streams") { return rule(walk.union(["dup3"]), nil) }
        if starts("make directory") { return rule(walk, nil) }
        if starts("write ") { return rule(walk.union(["write"]), "write(") }
        if starts("remount ") { return rule(["mount_setattr", "close"], "mount_setattr(", repeats: false) }
        if starts("make /") { return rule(walk.union(["open_tree", "move_mount", "mount_setattr"]), nil) }
        if starts("mask ") { return rule(walk.union(["open_tree", "move_mount"]), nil) }
        if starts("find home") { return rule(["openat2", "statx", "read", "close"], "\"/etc/passwd\"") }
        if starts("enter working directory") { return rule(["chdir", "getcwd"], "chdir(", repeats: false) }
        if starts("set no_new_privs") { return rule(["prctl"], "prctl(PR_SET_NO_NEW_PRIVS, 1", repeats: false) }
        if starts("set personality") { return rule([], "personality(", repeats: false) }
        if starts("await") { return rule(["write", "read"], "read(") }
        if starts("close descriptors") || starts("keep descriptors") { return rule(["close_range", "dup3", "fcntl"], "close_range(") }
        if starts("reset signals") { return rule(["rt_sigaction"], "rt_sigprocmask(SIG_SETMASK, []", repeats: false) }
        if starts("limit bounding") { return rule(["prctl"], "prctl(PR_CAPBSET_DROP") }
        if starts("keep capabilities") { return rule([], "prctl(PR_SET_KEEPCAPS, 1", repeats: false) }
        if starts("give standard streams") { return rule(["statx", "fchownat"], "statx(0, ") }
        if step.hasSuffix("supplementary groups") { return rule([], "setgroups(", repeats: false) }
        if starts("become uid") { return rule(["setresgid"], "setresuid(\(words[2].dropLast()), ", repeats: false) }
        if starts("set capabilities") { return rule([], "capset(", repeats: false) }
        if starts("raise ambient") { return rule(["prctl"], "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL", repeats: false) }
        if starts("load seccomp filter") { return rule([], "seccomp(SECCOMP_SET_MODE_FILTER", repeats: false) }
        if starts("find program") { return rule(["statx", "faccessat2"], "faccessat2(") }
        if starts("tell start") { return rule([], "write(", repeats: false) }
        if starts("wait for start") { return rule(["read", "close", "ppoll"], "read(") }
        if starts("exec ") { return rule(["write"], "execve(", repeats: false) }
        return nil
    }
}
