import JSON
import TestKit
import Testing

// Each test is an attack that once worked on some runtime.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct SafetyTests {
    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no time between the hook and the program"))
    func `the runtime's binary cannot be written from a container that runs it`() throws {
        // CVE-2019-5736: the image's program is /proc/self/exe, which is the runtime; a second process holds it by /proc/PID/exe
        // and waits for it to end. The runtime is kept waiting by a log that is a fifo.
        let before = try #require(Files.facts(UnderTest.binary))
        let bundle = try Bundle()
        bundle.set("/root/readonly", false)
        bundle.namespace("pid", nil)
        for set in ["bounding", "effective", "permitted"] {
            for name in ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER"] { bundle.append("/process/capabilities/\(set)", .string(name)) }
        }
        try Files.makeFifo(bundle.rootfs + "/gate", mode: 0o666)
        bundle.set("/hooks/startContainer", [["path": "/bin/probe", "args": ["probe", "open-exe", "parent", "/gate", "/report"]]])
        bundle.set("/process/args", ["/proc/self/exe", "--log", "/gate", "state", "x"])
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let deadline = Deadline.usual
        var report = Files.text(bundle.rootfs + "/report")
        while report.isEmpty && !deadline.hasPassed { report = Files.text(bundle.rootfs + "/report") }
        let found = try parse(Array(report.utf8))
        if found["writing"]?.string == "opened" {
            let isSealed = (found["seals"]?.integer ?? -1) > 0 && (found["seals"]?.integer ?? 0) & 8 != 0
            let isAnother = found["inode"]?.unsigned != before.inode || found["device"]?.unsigned != before.device
            #expect(isSealed || isAnother, "\(report)")
        } else {
            #expect(found["writing"] != nil || found["handle"]?.string != "opened", "\(report)")
        }
        #expect(Files.facts(UnderTest.binary) == before)
    }

    @Test func `the parked process belongs to nobody in the container`() throws {
        let bundle = try waiting()
        bundle.namespace("user", "")
        for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 1000]]) }
        let container = try Container(bundle).created()
        // What is not dumpable belongs to the machine's root.
        #expect(Files.facts("/proc/\(try container.pid)/environ")?.uid == 0)
        try container.start()
        _ = try container.output?.value()
        #expect(Files.facts("/proc/\(try container.pid)/environ")?.uid == 100_000, "the program itself is")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's parked process keeps its own"))
    func `the parked process holds no directory of the host`() throws {
        let container = try Container(try waiting()).created()
        let pid = try container.pid
        for fd in Files.entries("/proc/\(pid)/fd") {
            let path = "/proc/\(pid)/fd/\(fd)"
            guard let target = Files.target(ofLink: path), Files.exists(path + "/.") else { continue }
            // The host's root has what the image has not.
            #expect(!Files.exists(path + "/var"), "descriptor \(fd) is \(target)")
            #expect(!target.hasPrefix(container.bundle.scratch.root), "descriptor \(fd) is \(target)")
            #expect(!target.hasPrefix(cgroupMount ?? "-"), "descriptor \(fd) is \(target)")
        }
    }

    @Test(arguments: Array(3..<20))
    func `no working directory by a descriptor of the runtime`(fd: Int) throws {
        // CVE-2024-21626.
        let bundle = try Bundle()
        bundle.set("/process/cwd", .string("/proc/self/fd/\(fd)"))
        bundle.probe("report", "--", "ls", ".", "..")
        let outcome = try bundle.run()
        #expect(outcome.status == 1, "\(outcome)")
    }

    @Test(arguments: [5, 7, 8, 11])
    func `nor by a symlink to one`(fd: Int) throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/cwd", to: "/proc/self/fd/\(fd)")
        bundle.set("/process/cwd", "/cwd")
        #expect(try bundle.run().status == 1)
        bundle.set("/process/cwd", "/cwd/../..")
        bundle.probe("ls", ".")
        let outcome = try bundle.run()
        if outcome.status == 0 { #expect(try outcome.answer("ls")["names"]?.strings.contains("var") == false) }
    }

    @Test func `a program by a descriptor of the runtime is not run`() throws {
        for fd in 3..<12 {
            let bundle = try Bundle()
            bundle.set("/process/args", [.string("/proc/self/fd/\(fd)/bin/true")])
            #expect(try bundle.run().status == 1)
        }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has this hole"), arguments: ["../outside", "/outside-of-all", "/proc/self/cwd"], ["with a mount on it", "without"])
    func `a dev that is a symlink leads nowhere outside`(target: String, kind: String) throws {
        // CVE-2026-41579.
        let bundle = try Bundle()
        let outside = bundle.path + "/outside"
        try Files.makeDirectory(outside)
        try Files.remove(bundle.rootfs + "/dev")
        try Files.makeSymlink(bundle.rootfs + "/dev", to: target == "/outside-of-all" ? outside : target)
        if kind == "without" { for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) } }
        _ = try bundle.run()
        #expect(Files.entries(outside) == [], "nothing was made on the host")
        #expect(!Files.exists("/outside-of-all"))
    }

    @Test func `device nodes that are symlinks lead nowhere outside`() throws {
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        try Files.makeDirectory(bundle.path + "/outside")
        try Files.write(bundle.path + "/outside/file", "safe", mode: 0o600)
        for name in ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "fd", "stdin", "core"] {
            try Files.makeSymlink(bundle.rootfs + "/dev/" + name, to: "../../outside/" + (name == "null" ? "file" : name))
        }
        let before = Files.facts(bundle.path + "/outside/file")
        _ = try bundle.run()
        #expect(Files.entries(bundle.path + "/outside") == ["file"])
        #expect(Files.facts(bundle.path + "/outside/file") == before, "neither mode nor owner changed")
        #expect(Files.text(bundle.path + "/outside/file") == "safe")
    }

    @Test(arguments: ["console symlink", "ptmx symlink", "pts symlink"])
    func `a hostile console leads nowhere outside`(kind: String) throws {
        // CVE-2025-52565.
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        bundle.set("/process/terminal", true)
        bundle.probe("stat", "/dev/console")
        let outside = bundle.path + "/outside"
        try Files.makeDirectory(outside)
        try Files.write(outside + "/file", "safe", mode: 0o600)
        switch kind {
        case "console symlink":
            bundle.mount("/dev/pts", "devpts", "devpts", ["newinstance", "ptmxmode=0666", "mode=0620"])
            try Files.makeSymlink(bundle.rootfs + "/dev/console", to: "../../outside/file")
        case "ptmx symlink":
            try Files.makeDirectory(bundle.rootfs + "/dev/pts")
            try Files.makeSymlink(bundle.rootfs + "/dev/pts/ptmx", to: "../../../outside/file")
        default:
            try Files.makeSymlink(bundle.rootfs + "/dev/pts", to: "../../outside")
            bundle.mount("/dev/pts", "devpts", "devpts", ["newinstance", "ptmxmode=0666", "mode=0620"])
        }
        let before = Files.facts(outside + "/file")
        let socket = try ConsoleSocket()
        let container = try Container(bundle)
        let outcome = try container.create("--console-socket", socket.path)
        #expect(outcome.status == 0 || outcome.status == 1)
        if outcome.status == 0 {
            try container.start()
            _ = try container.end()
        }
        #expect(Files.facts(outside + "/file") == before)
        #expect(Files.text(outside + "/file") == "safe")
        #expect(Files.entries(outside) == ["file"])
    }

    @Test func `tmpcopyup copies nothing of the host`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.path + "/outside")
        try Files.write(bundle.path + "/outside/secret", "secret")
        try Files.makeSymlink(bundle.rootfs + "/data", to: "../outside")
        bundle.mount("/data", "tmpfs", "tmpfs", ["tmpcopyup"])
        bundle.probe("ls", "/outside", "/data")
        let outcome = try bundle.run()
        #expect(!outcome.output.contains("secret"))
    }

    @Test func `the state is the runtime's user's alone`() throws {
        let container = try Container(try waiting()).created()
        let scratch = container.bundle.scratch
        func check(_ path: String) {
            let mode = Files.facts(path)?.mode ?? 0
            #expect(mode & 0o022 == 0 || mode & 0o170000 == 0o010000 || mode & 0o170000 == 0o120000, "\(path) \(String(mode, radix: 8))")
            for name in Files.entries(path) where mode & 0o170000 == 0o040000 { check(path + "/" + name) }
        }
        check(scratch.root)
        let directory = try #require(Files.facts(scratch.root + "/" + container.id))
        #expect(directory.mode & 0o7777 == 0o711 || directory.mode & 0o077 == 0)
    }

    @Test func `a container does not see its state directory`() throws {
        let bundle = try Bundle()
        let report = try bundle.report()
        #expect(!report.mounts.contains { $0.root.contains("/root/") && $0.root.contains(bundle.scratch.name) && !$0.root.hasSuffix("/rootfs") })
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 waits")) func `a hostile image cannot make the runtime wait`() throws {
        for name in ["/etc/passwd", "/etc/group", "/bin/program"] {
            let bundle = try Bundle()
            if Files.exists(bundle.rootfs + name) { try Files.remove(bundle.rootfs + name) }
            try Files.makeFifo(bundle.rootfs + name, mode: 0o755)
            if name == "/bin/program" { bundle.set("/process/args", [.string(name)]) }
            let outcome = try bundle.run(deadline: Deadline(after: 10))
            #expect(outcome.status == (name == "/bin/program" ? 1 : 0), "\(name): \(outcome)")
        }
    }
}
