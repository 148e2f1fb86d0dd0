// table
import JSON
import TestKit

/// One failing call of the runtime: how it is brought about, and under which name docs/errors.md lists it.
struct FailureCase: Sendable, CustomStringConvertible {
    let verb: String
    let failure: String
    let attempt: @Sendable () throws -> Attempt

    init(_ verb: String, _ failure: String, _ attempt: @escaping @Sendable () throws -> Attempt) {
        self.verb = verb
        self.failure = failure
        self.attempt = attempt
    }

    var description: String { "\(verb): \(failure)" }
}

/// A call with its own log.
struct Attempt {
    let outcome: Outcome
    let log: String

    /// `words` from the verb on, `globals` before it.
    init(_ words: [String], globals: [String] = [], environment: [String]? = nil) throws {
        let scratch = try Scratch.required()
        let path = scratch.directory + "/" + scratch.unique("log")
        outcome = try swiftrun(["--log", path, "--log-format", "json"] + globals + words, environment: environment)
        log = Files.text(path)
    }
}

/// `create` of a bundle that `change` has spoilt.
private func create(_ options: String..., change: (Bundle) throws -> Void) throws -> Attempt {
    let bundle = try waiting()
    try change(bundle)
    if !Files.exists(bundle.path + "/config.json") { try bundle.save() }
    return try Attempt(["create", "--bundle", bundle.path] + options + [bundle.scratch.unique("box")])
}

private func set(_ pointer: String, _ value: Value) throws -> Attempt { try create { $0.set(pointer, value) } }

/// A container that waits for start.
private func created(_ change: (Bundle) throws -> Void = { _ in }) throws -> Container {
    let bundle = try waiting()
    try change(bundle)
    return try Container(bundle).created()
}

private func running() throws -> Container { try Container(try waiting()).running() }

private func stopped() throws -> Container {
    let container = try running()
    try container.kill("KILL")
    _ = try container.end()
    return container
}

private func exec(_ words: String...) throws -> Attempt {
    let container = try running()
    return try Attempt(["exec", container.id] + words)
}

private func paused() throws -> Container {
    let container = try running()
    try container.setFrozen(true)
    return container
}

extension FailureCase {
    static let all = globals + config + creates + programs + starts + others + execs

    static let globals: [FailureCase] = [
        FailureCase("any", "an unknown verb") { try Attempt(["frobnicate"]) },
        FailureCase("any", "an unknown option before the verb") { try Attempt(["--frobnicate", "state", "x"]) },
        FailureCase("any", "an option before the verb without its value") { try Attempt(["--root"]) },
        FailureCase("any", "a log format that is neither text nor json") { try Attempt(["state", "x"], globals: ["--log-format", "xml"]) },
        FailureCase("any", "a log that cannot be opened") { try Attempt(["state", "x"], globals: ["--log", "/no/such/directory/log"]) },
        FailureCase("any", "--rootless with another word") { try Attempt(["state", "x"], globals: ["--rootless=maybe"]) },
        FailureCase("any", "--root /") { try Attempt(["state", "x"], globals: ["--root", "/"]) },
        FailureCase("create", "an unknown option") { try Attempt(["create", "--frobnicate", "x"]) },
        FailureCase("create", "no container id") { try Attempt(["create"]) },
        FailureCase("create", "an empty container id") { try Attempt(["create", ""]) },
        FailureCase("create", "a container id with a slash") { try Attempt(["create", "a/b"]) },
        FailureCase("state", "one argument too many") { try Attempt(["state", "x", "y"]) },
    ]

    static let config: [FailureCase] = [
        FailureCase("create", "a bundle that is not there") { try Attempt(["create", "--bundle", "/no/such/bundle", "x"]) },
        FailureCase("create", "a bundle without config.json") {
            let scratch = try Scratch.required()
            return try Attempt(["create", "--bundle", scratch.directory, "x"])
        },
        FailureCase("create", "config.json is cut off") { try create { $0.rawConfig = Array("{\"ociVersion\":".utf8) } },
        FailureCase("create", "a value of another type") { try set("/process/args", "sh") },
        FailureCase("create", "a number out of range") { try set("/process/user/uid", -1) },
        FailureCase("create", "a NUL in a text") { try set("/process/cwd", "/\0") },
        FailureCase("create", "a version that is not ours") { try set("/ociVersion", "2.0.0") },
        FailureCase("create", "no process") { try create { $0.remove("/process") } },
        FailureCase("create", "no arguments") { try set("/process/args", []) },
        FailureCase("create", "a relative working directory") { try set("/process/cwd", "tmp") },
        FailureCase("create", "no mount namespace") { try create { $0.namespace("mount", nil) } },
        FailureCase("create", "a mount namespace by path") { try create { $0.namespace("mount", "/proc/self/ns/mnt") } },
        FailureCase("create", "a hostname without a uts namespace") { try create { $0.namespace("uts", nil) } },
        FailureCase("create", "a user namespace without mappings") { try create { $0.namespace("user", "") } },
        FailureCase("create", "a user that is not mapped") {
            try create {
                try $0.mapUsers()
                $0.set("/process/user/uid", 70000)
            }
        },
        FailureCase("create", "a sysctl that is the host's") { try set("/linux/sysctl", ["kernel.panic": "1"]) },
        FailureCase("create", "an AppArmor profile on a host without AppArmor") { try set("/process/apparmorProfile", "profile") },
        FailureCase("create", "an SELinux label on a host without SELinux") { try set("/process/selinuxLabel", "label") },
        FailureCase("create", "intelRdt") { try set("/linux/intelRdt", ["closID": "x"]) },
        FailureCase("create", "a soft limit above the hard one") {
            try set("/process/rlimits", [["type": "RLIMIT_NOFILE", "soft": 20, "hard": 10]])
        },
        FailureCase("create", "an unknown seccomp action") { try set("/linux/seccomp", ["defaultAction": "SCMP_ACT_MAYBE"]) },
        FailureCase("create", "a mount inside /proc") { try create { $0.mount("/proc/self", "tmpfs", "tmpfs") } },
        FailureCase("create", "a bind with an option of file systems") { try create { $0.mount("/x", "bind", "/tmp", ["bind", "size=1k"]) } },
        FailureCase("create", "the host's root as rootfs") { try set("/root/path", "/") },
        FailureCase("create", "a rootfs that is not there") { try set("/root/path", "missing") },
        FailureCase("create", "a rootfs that is a file") { try set("/root/path", "rootfs/bin/probe") },
    ]

    static let creates: [FailureCase] = [
        FailureCase("create", "the name is taken") {
            let container = try created()
            return try Attempt(["create", "--bundle", container.bundle.path, container.id])
        },
        FailureCase("create", "a mount source that is not there") { try create { $0.mount("/x", "bind", "/no/such/source", ["bind"]) } },
        FailureCase("create", "a file system the kernel does not know") { try create { $0.mount("/x", "nosuchfs", "none") } },
        FailureCase("create", "a file system refuses an option") { try create { $0.mount("/x", "tmpfs", "none", ["size=many"]) } },
        FailureCase("create", "a mount on a path with a file on the way") { try create { $0.mount("/bin/probe/x", "tmpfs", "none") } },
        FailureCase("create", "a namespace path that is not there") { try create { $0.namespace("network", "/no/such/namespace") } },
        FailureCase("create", "a namespace path of another type") { try create { $0.namespace("network", "/proc/self/ns/uts") } },
        FailureCase("create", "a sysctl the kernel does not know") { try set("/linux/sysctl", ["net.no.such": "1"]) },
        FailureCase("create", "another device at a device's path") {
            try create {
                for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { $0.unmount(destination) }
                try Files.write($0.rootfs + "/dev/null", "")
            }
        },
        FailureCase("create", "a working directory that is a file") { try set("/process/cwd", "/bin/probe") },
        FailureCase("create", "a seccomp listener that nobody hears") {
            try create {
                $0.set("/linux/seccomp", [
                    "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/no/such/socket",
                    "syscalls": [["names": ["times"], "action": "SCMP_ACT_NOTIFY"]],
                ])
            }
        },
        FailureCase("create", "a terminal without a console socket") { try set("/process/terminal", true) },
        FailureCase("create", "a console socket without a terminal") { try create("--console-socket", "/x") { _ in } },
        FailureCase("create", "a console socket that is not there") {
            try create("--console-socket", "/no/such/socket") { $0.set("/process/terminal", true) }
        },
        FailureCase("create", "a descriptor to pass on that is not open") { try create("--preserve-fds", "1") { _ in } },
        FailureCase("create", "a pid file that cannot be made") { try create("--pid-file", "/no/such/directory/pid") { _ in } },
        FailureCase("create", "a hook fails") {
            try set("/hooks/createRuntime", [["path": .string(ProbeBinary.path), "args": ["probe", "err", "no network", "--", "exit", "3"]]])
        },
        FailureCase("create", "a hook takes too long") {
            try set("/hooks/createRuntime", [["path": .string(ProbeBinary.path), "args": ["probe", "wait"], "timeout": 1]])
        },
        FailureCase("create", "a hook is killed") {
            try set("/hooks/createRuntime", [["path": .string(ProbeBinary.path), "args": ["probe", "signal", "9"]]])
        },
        FailureCase("create", "a hook is not there") { try set("/hooks/createRuntime", [["path": "/no/such/hook"]]) },
        FailureCase("create", "a hook in the container fails") {
            try set("/hooks/createContainer", [["path": .string(ProbeBinary.path), "args": ["probe", "err", "no luck", "--", "exit", "3"]]])
        },
        FailureCase("create", "somebody is in the cgroup") {
            let other = try running()
            return try create { $0.set("/linux/cgroupsPath", other.bundle.config.at("/linux/cgroupsPath") ?? .null) }
        },
        FailureCase("create", "a limit whose controller is bound to cgroup v1") { try set("/linux/resources/memory", ["limit": 100_000_000]) },
        FailureCase("create", "a limit that the kernel does not have") {
            try set("/linux/resources/unified", ["cgroup.nosuchfile": "1"])
        },
        FailureCase("create", "systemd's bus is not there") {
            let bundle = try waiting()
            bundle.set("/linux/cgroupsPath", .string("system.slice:swiftrun:\(bundle.scratch.unique("box"))"))
            try bundle.save()
            return try Attempt(
                ["create", "--bundle", bundle.path, bundle.scratch.unique("box")], globals: ["--systemd-cgroup"],
                environment: bundle.scratch.environment + ["DBUS_SYSTEM_BUS_ADDRESS=unix:path=/no/such/bus"])
        },
        FailureCase("create", "--systemd-cgroup with another form of cgroupsPath") {
            let bundle = try waiting()
            try bundle.save()
            return try Attempt(["create", "--bundle", bundle.path, bundle.scratch.unique("box")], globals: ["--systemd-cgroup"])
        },
    ]

    static let programs: [FailureCase] = [
        FailureCase("create", "a program that is not in PATH") { try set("/process/args", ["foo"]) },
        FailureCase("create", "a program that is not there") { try set("/process/args", ["/bin/foo"]) },
        FailureCase("create", "a program behind a file") { try set("/process/args", ["/etc/passwd/foo"]) },
        FailureCase("create", "a program that may not be executed") { try set("/process/args", ["/etc/passwd"]) },
        FailureCase("create", "a program that is a directory") { try set("/process/args", ["/etc"]) },
        FailureCase("create", "a program in PATH that may not be executed") {
            try create {
                $0.set("/process/args", ["plain"])
                try Files.write($0.rootfs + "/bin/plain", "", mode: 0o644)
            }
        },
    ]

    static let starts: [FailureCase] = [
        FailureCase("start", "no such container") { try Attempt(["start", "ghost"]) },
        FailureCase("start", "it runs already") { try Attempt(["start", try running().id]) },
        FailureCase("start", "it has ended") { try Attempt(["start", try stopped().id]) },
        FailureCase("start", "it is paused") { try Attempt(["start", try paused().id]) },
        FailureCase("start", "a program in no format the kernel knows") {
            let container = try created {
                try Files.write($0.rootfs + "/bin/text", "text", mode: 0o755)
                $0.set("/process/args", ["/bin/text"])
            }
            return try Attempt(["start", container.id])
        },
        FailureCase("start", "a program that went away") {
            let container = try created {
                try Files.copy(ProbeBinary.path, to: $0.rootfs + "/bin/gone", mode: 0o755)
                $0.set("/process/args", ["/bin/gone"])
            }
            try Files.remove(container.bundle.rootfs + "/bin/gone")
            return try Attempt(["start", container.id])
        },
        FailureCase("start", "a startContainer hook fails") {
            let container = try created {
                $0.set("/hooks/startContainer", [["path": "/bin/probe", "args": ["probe", "exit", "3"]]])
            }
            return try Attempt(["start", container.id])
        },
        FailureCase("start", "a poststart hook fails") {
            let container = try created {
                $0.set("/hooks/poststart", [["path": .string(ProbeBinary.path), "args": ["probe", "exit", "3"]]])
            }
            return try Attempt(["start", container.id])
        },
    ]

    static let others: [FailureCase] = [
        FailureCase("kill", "no such container") { try Attempt(["kill", "ghost", "9"]) },
        FailureCase("kill", "it has ended") { try Attempt(["kill", try stopped().id, "9"]) },
        FailureCase("kill", "an unknown signal") { try Attempt(["kill", try running().id, "NOSIG"]) },
        FailureCase("delete", "no such container") { try Attempt(["delete", "ghost"]) },
        FailureCase("delete", "it runs") { try Attempt(["delete", try running().id]) },
        FailureCase("delete", "it is paused") { try Attempt(["delete", try paused().id]) },
        FailureCase("state", "no such container") { try Attempt(["state", "ghost"]) },
        FailureCase("ps", "no such container") { try Attempt(["ps", "--format", "json", "ghost"]) },
        FailureCase("ps", "no container id") { try Attempt(["ps"]) },
        FailureCase("pause", "no such container") { try Attempt(["pause", "ghost"]) },
        FailureCase("pause", "it has ended") { try Attempt(["pause", try stopped().id]) },
        FailureCase("resume", "it is not paused") { try Attempt(["resume", try running().id]) },
        FailureCase("update", "no such container") { try Attempt(["update", "--pids-limit", "9", "ghost"]) },
        FailureCase("update", "a value that is no number") { try Attempt(["update", "--pids-limit", "many", "ghost"]) },
        FailureCase("events", "it has ended") { try Attempt(["events", "--stats", try stopped().id]) },
        FailureCase("list", "a root directory that is not there") { try Attempt(["list"], globals: ["--root", "/no/such/root"]) },
        FailureCase("list", "an unknown format") { try Attempt(["list", "--format", "xml"]) },
        FailureCase("spec", "config.json is there already") {
            let bundle = try Bundle()
            try bundle.save()
            return try Attempt(["spec", "--bundle", bundle.path])
        },
        FailureCase("run", "a console socket in the foreground") { try Attempt(["run", "--console-socket", "/x", "x"]) },
        FailureCase("plan", "a bundle that is not there") { try Attempt(["plan", "--bundle", "/no/such/bundle"]) },
        FailureCase("completion", "an unknown shell") { try Attempt(["completion", "tcsh"]) },
    ]

    static let execs: [FailureCase] = [
        FailureCase("exec", "no such container") { try Attempt(["exec", "ghost", "true"]) },
        FailureCase("exec", "it has ended") { try Attempt(["exec", try stopped().id, "true"]) },
        FailureCase("exec", "it is paused") { try Attempt(["exec", try paused().id, "true"]) },
        FailureCase("exec", "no program") { try exec() },
        FailureCase("exec", "a program that is not in PATH") { try exec("foo") },
        FailureCase("exec", "a program that is not there") { try exec("/bin/foo") },
        FailureCase("exec", "a program that may not be executed") { try exec("/etc/passwd") },
        FailureCase("exec", "a program that is a directory") { try exec("/etc") },
        FailureCase("exec", "a process file that is not there") {
            try Attempt(["exec", "--process", "/no/such/file", try running().id])
        },
        FailureCase("exec", "a process file that is no JSON") {
            let container = try running()
            let path = container.bundle.path + "/process.json"
            try Files.write(path, "{")
            return try Attempt(["exec", "--process", path, container.id])
        },
        FailureCase("exec", "a user that is no number") { try Attempt(["exec", "--user", "root", try running().id, "true"]) },
        FailureCase("exec", "a working directory that is not there") {
            try Attempt(["exec", "--cwd", "/no/such/directory", try running().id, "true"])
        },
        FailureCase("exec", "a terminal, detached, without a console socket") {
            try Attempt(["exec", "--detach", "--tty", try running().id, "true"])
        },
        FailureCase("exec", "a cgroup that is not there") { try Attempt(["exec", "--cgroup", "nowhere", try running().id, "true"]) },
    ]
}
