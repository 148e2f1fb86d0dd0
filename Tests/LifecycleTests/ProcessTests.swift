import JSON
import TestKit
import Testing

// User, umask, working directory, environment and what stands behind args.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ProcessTests {
    @Test func `user and groups are those of the config`() throws {
        let bundle = try Bundle()
        bundle.set("/process/user", ["uid": 1234, "gid": 5678, "additionalGids": [7, 2_000_000_000, 9]])
        let report = try bundle.report()
        #expect(report.integers("uid") == [1234, 1234, 1234, 1234])
        #expect(report.integers("gid") == [5678, 5678, 5678, 5678])
        #expect(Set(report.integers("groups")) == [7, 9, 2_000_000_000])
    }

    @Test func `without additional groups there are none`() throws {
        let bundle = try Bundle()
        try bundle.save()
        // Given to the runtime by its caller, not for the container.
        bundle.probe("report")
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["setpriv", "--groups", "3,4,5"] + command, environment: bundle.scratch.environment)
        #expect(try outcome.report().integers("groups") == [])
    }

    @Test func `the umask is the one asked for`() throws {
        let bundle = try Bundle()
        bundle.set("/process/user/umask", 0o077)
        #expect(try bundle.report()["umask"]?.integer == 0o077)
        bundle.set("/process/user/umask", 0)
        #expect(try bundle.report()["umask"]?.integer == 0)
    }

    @Test func `the umask is 0022 otherwise, whatever the caller's`() throws {
        let bundle = try Bundle()
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["sh", "-c", "umask 0007; exec \"$@\"", "sh"] + command, environment: bundle.scratch.environment)
        #expect(try outcome.report()["umask"]?.integer == 0o022)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 lets it"))
    func `what the runtime makes does not depend on the caller's umask`() throws {
        let bundle = try Bundle()
        bundle.mount("/made/for/it", "tmpfs", "tmpfs")
        bundle.probe("stat", "/made", "/dev/null", "/dev/shm", "/work")
        bundle.set("/process/cwd", "/work")
        try bundle.save()
        let command = UnderTest.view.command([UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, "x"])
        let outcome = try execute(["sh", "-c", "umask 0077; exec \"$@\"", "sh"] + command, environment: bundle.scratch.environment)
        #expect(try outcome.answer("stat", "/made")["mode"]?.integer == 0o755)
        #expect(try outcome.answer("stat", "/dev/null")["mode"]?.integer == 0o666)
        #expect(try outcome.answer("stat", "/work")["mode"]?.integer == 0o755)
    }

    @Test func `the working directory is made where it is missing`() throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", "/new/working/dir")
        bundle.probe("report", "--", "stat", ".")
        let outcome = try bundle.run()
        #expect(try outcome.report()["cwd"]?.string == "/new/working/dir")
        #expect(try outcome.answer("stat")["mode"]?.integer == 0o755)
    }

    @Test func `a working directory may be a symlink inside`() throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/link", to: "/tmp")
        bundle.set("/process/cwd", "/link")
        #expect(try bundle.report()["cwd"]?.string == "/tmp")
    }

    @Test(arguments: ["tmp", "", "./x"])
    func `a relative working directory is an error`(cwd: String) throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", .string(cwd))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("cwd"))
    }

    @Test func `a working directory that is a file is an error`() throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", "/etc/passwd")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/etc/passwd"))
    }

    @Test func `a directory that only the user may enter is entered`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/private")
        try Files.changeOwner(bundle.rootfs + "/private", uid: 1000, gid: 1000)
        try Files.changeMode(bundle.rootfs + "/private", 0o700)
        bundle.set("/process/user", ["uid": 1000, "gid": 1000])
        bundle.set("/process/cwd", "/private")
        #expect(try bundle.report()["cwd"]?.string == "/private")
    }

    @Test func `the environment is the config's`() throws {
        let bundle = try Bundle()
        bundle.set("/process/env", ["A=1", "B=", "C=x=y", "D=zeile\nzwei", "PATH=/bin", "HOME=/"])
        #expect(Set(try bundle.report().strings("env")) == ["A=1", "B=", "C=x=y", "D=zeile\nzwei", "PATH=/bin", "HOME=/"])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 passes both"))
    func `of a name twice the last counts`() throws {
        let bundle = try Bundle()
        bundle.set("/process/env", ["A=1", "PATH=/bin", "A=2"])
        #expect(try bundle.report().strings("env").filter { $0.hasPrefix("A=") } == ["A=2"])
    }

    @Test(arguments: ["novalue", "=x", "A\0=x"])
    func `what is no variable is an error`(variable: String) throws {
        let bundle = try Bundle()
        bundle.append("/process/env", .string(variable))
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/process/env/2"))
    }

    @Test(arguments: [(0, "/root"), (1000, "/home/user"), (4242, "/")])
    func `HOME is the user's from the image`(uid: Int, home: String) throws {
        let bundle = try Bundle()
        bundle.set("/process/user/uid", Value(uid))
        #expect(try bundle.report().variable("HOME") == home)
    }

    @Test func `HOME given stays and HOME empty is filled in`() throws {
        let bundle = try Bundle()
        bundle.append("/process/env", "HOME=/given")
        #expect(try bundle.report().variable("HOME") == "/given")
        guard UnderTest.isSwiftrun else { return }
        bundle.set("/process/env/2", "HOME=")
        #expect(try bundle.report().variable("HOME") == "/root")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 reads what is there"))
    func `a passwd that is missing, a symlink out or huge is no way out and no error`() throws {
        for kind in ["missing", "symlink", "directory", "fifo", "garbage"] {
            let bundle = try Bundle()
            let passwd = bundle.rootfs + "/etc/passwd"
            try Files.remove(passwd)
            switch kind {
            case "symlink": try Files.makeSymlink(passwd, to: "/../../../../../etc/passwd")
            case "directory": try Files.makeDirectory(passwd)
            case "fifo": try Files.makeFifo(passwd)
            case "garbage": try Files.write(passwd, ":::\n\n\u{0}\u{1}root\nroot:x:zero:0::/wrong:\nshort:x\n")
            default: break
            }
            let report = try bundle.report()
            #expect(report.variable("HOME") == "/", "\(kind)")
        }
    }

    @Test func `the program is looked for in PATH of the container's environment`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/opt/tools")
        try Files.copy(ProbeBinary.path, to: bundle.rootfs + "/opt/tools/tool", mode: 0o755)
        try Files.write(bundle.rootfs + "/bin/tool", "not executable", mode: 0o644)
        bundle.set("/process/env", ["PATH=/nowhere:/bin:/opt/tools"])
        bundle.set("/process/args", ["tool", "report"])
        let report = try bundle.run().report()
        #expect(report["exe"]?.string == "/opt/tools/tool")
        #expect(report.strings("argv").first == "tool")
    }

    @Test func `a relative path with a slash is from the working directory`() throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", "/bin")
        bundle.set("/process/args", ["./probe", "report"])
        #expect(try bundle.run().report()["exe"]?.string == "/bin/probe")
    }

    @Test func `a program that is missing in PATH is told in runc's words`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["foo", "bar"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("exec: \"foo\": executable file not found in $PATH"))
    }

    @Test func `a path that is missing is told in runc's words`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["/no/such/program"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("exec: \"/no/such/program\": stat /no/such/program: no such file or directory"))
    }

    @Test(arguments: ["/etc/passwd", "/tmp"])
    func `what cannot be executed is told as docker looks for it`(path: String) throws {
        let bundle = try Bundle()
        bundle.set("/process/args", [.string(path)])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("exec: \"\(path)\""))
        let text = outcome.errors.lowercased()
        #expect(text.contains("permission denied") || text.contains("is a directory"))
    }

    @Test(arguments: [.array([]), .null, .array([""])] as [Value])
    func `no program at all is an error`(args: Value) throws {
        let bundle = try Bundle()
        bundle.set("/process/args", args)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `a script runs by its interpreter`() throws {
        let bundle = try Bundle()
        try Files.write(bundle.rootfs + "/script", "#!/bin/probe report\n", mode: 0o755)
        bundle.set("/process/args", ["/script", "exit", "0"])
        let outcome = try bundle.run()
        #expect(try outcome.lines().first?["argv"]?.strings == ["/bin/probe", "report", "/script", "exit", "0"])
    }

    @Test func `arguments arrive as they are`() throws {
        let bundle = try Bundle()
        let odd = ["", " ", "a b", "\n", "ä", "\u{1F600}", "--", "$HOME", "*"]
        bundle.set("/process/args", Value(["/bin/probe", "report", "--"] + odd))
        let argv = try bundle.run().lines().first?["argv"]?.strings ?? []
        #expect(argv.count == 3 + odd.count)
        #expect(Array(argv[3..<7]) == Array(odd[..<4]))
    }

    @Test func `a personality is set`() throws {
        let bundle = try Bundle()
        bundle.set("/linux/personality", ["domain": "LINUX32"])
        guard UnderTest.isSwiftrun else { return }
        #expect(try bundle.report()["personality"]?.integer == 8)
        bundle.set("/linux/personality/domain", "LINUX")
        #expect(try bundle.report()["personality"]?.integer == 0)
    }
}
