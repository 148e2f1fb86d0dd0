import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecProcessTests {
    /// CAP_AUDIT_WRITE, CAP_KILL, CAP_NET_BIND_SERVICE: the container's.
    static let configured: UInt64 = 1 << 29 | 1 << 5 | 1 << 10

    @Test func `without options it is the container's`() throws {
        let bundle = try waiting()
        bundle.set("/process/env", ["PATH=/bin", "COLOR=blue"])
        bundle.set("/process/cwd", "/usr/bin")
        bundle.set("/process/user", ["uid": 1000, "gid": 1001, "umask": 0o77, "additionalGids": [5, 6]])
        bundle.set("/process/oomScoreAdj", 500)
        let report = try Container(bundle).running().execReport()
        #expect(report["cwd"]?.string == "/usr/bin")
        #expect(report.variable("COLOR") == "blue")
        #expect(report.variable("HOME") == "/home/user")
        #expect(report.integers("uid") == [1000, 1000, 1000, 1000])
        #expect(report.integers("gid") == [1001, 1001, 1001, 1001])
        #expect(report.integers("groups").sorted() == [5, 6])
        if UnderTest.isSwiftrun { #expect(report["umask"]?.integer == 0o77) }
        #expect(report["oomScoreAdj"]?.string == "500")
        #expect(report.limit("RLIMIT_NOFILE") == [1024, 1024])
        #expect(report["noNewPrivs"]?.integer == 1)
        #expect(report.capabilities("bounding") == Self.configured)
        #expect(report["terminals"] == [false, false, false])
        #expect(report["blockedSignals"]?.string == "0000000000000000")
        if UnderTest.isSwiftrun { #expect(report["ignoredSignals"]?.string == "0000000000000000", "Go leaves one ignored") }
    }

    @Test func `cwd is another directory of the container`() throws {
        let container = try Container(try waiting()).running()
        #expect(try container.execReport(["--cwd", "/home/user"])["cwd"]?.string == "/home/user")
        for directory in ["relative", "", "/no/such"] {
            let outcome = try container.exec(["--cwd", directory], probe: "out", "ran")
            if !UnderTest.isSwiftrun && directory.isEmpty { continue }
            #expect(outcome.status == 255 && outcome.output.isEmpty, "\(directory): \(outcome)")
            #expect(outcome.errors.contains("exec failed: "))
        }
    }

    @Test func `env adds, and the last setting of a name holds`() throws {
        let container = try Container(try waiting()).running()
        let report = try container.execReport(["--env", "A=1", "--env", "TERM=dumb", "--env", "A=2", "--env=EMPTY=", "--env", "B=a=b c"])
        #expect(report.variable("A") == "2")
        #expect(report.variable("TERM") == "dumb")
        #expect(report.variable("EMPTY") == "")
        #expect(report.variable("B") == "a=b c")
        if UnderTest.isSwiftrun { #expect(report.strings("env").filter { $0.hasPrefix("TERM=") } == ["TERM=dumb"]) }
    }

    @Test func `the command is looked up in the PATH it gets`() throws {
        let bundle = try waiting()
        try Files.makeDirectory(bundle.rootfs + "/opt")
        try Files.copy(ProbeBinary.path, to: bundle.rootfs + "/opt/tool", mode: 0o755)
        let container = try Container(bundle).running()
        #expect(try container.exec(["-e", "PATH=/nowhere:/opt"], command: ["tool", "exit", "4"]).status == 4)
        #expect(try container.exec(command: ["tool", "exit", "4"]).status == 255)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves them out or dies"), arguments: ["NAME", "=value", "="])
    func `what sets no variable is refused`(variable: String) throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--env=" + variable], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(outcome.errors == "swiftrun: exec failed: --env: must be NAME=value, found \"\(variable)\"\n")
    }

    @Test(arguments: [("1000", 1000, 7), ("1000:1001", 1000, 1001), ("0:5", 0, 5), ("2147483647:2147483647", 2_147_483_647, 2_147_483_647)])
    func `user is a number, or two`(user: String, uid: Int, gid: Int) throws {
        let bundle = try waiting()
        bundle.set("/process/user/gid", 7)
        let report = try Container(bundle).running().execReport(["--user", user])
        #expect(report.integers("uid") == [uid, uid, uid, uid])
        #expect(report.integers("gid") == [gid, gid, gid, gid])
        #expect(report.integers("groups") == [])
        if user == "1000" { #expect(report.variable("HOME") == "/home/user") }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 ends at 2147483647")) func `the last user but one is one`() throws {
        let report = try Container(try waiting()).running().execReport(["--user", "4294967294:4294967294"])
        #expect(report.integers("uid") == Array(repeating: 4_294_967_294, count: 4))
        #expect(report.integers("gid") == Array(repeating: 4_294_967_294, count: 4))
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun, "runc 1.1 takes some of them"),
        arguments: [
            "1000:", "abc", "-1", "4294967295", "4294967296", "1000 ", " 1000", "1000:1000:1000", ":", ":5", "+5", "0x10", "1e3", "user",
            "1000:user", "1000:4294967295", "1000:-1", "1000\n", "١", "99999999999999999999999",
        ])
    func `a user that is no number is refused`(user: String) throws {
        // CVE-2026-30892: a name or half a number must not end as root.
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--user=" + user], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("swiftrun: exec failed: --user: must be UID[:GID], found "))
    }

    @Test func `additional groups are added`() throws {
        let bundle = try waiting()
        bundle.set("/process/user/additionalGids", [5])
        let report = try Container(bundle).running().execReport(["-g", "7", "-g", "8"])
        #expect(report.integers("groups").sorted() == [5, 7, 8])
    }

    @Test func `no capability becomes inheritable or ambient by exec`() throws {
        // CVE-2022-29162.
        let container = try Container(try waiting()).running()
        for options in [[], ["--cap", "CAP_CHOWN"]] {
            let report = try container.execReport(options)
            #expect(report.capabilities("inheritable") == 0)
            #expect(report.capabilities("ambient") == 0)
        }
    }

    @Test func `a capability is added to the bounding, effective and permitted sets`() throws {
        let container = try Container(try waiting()).running()
        let report = try container.execReport(["-c", "CAP_CHOWN", "-c", "CAP_NET_RAW"])
        let expected = Self.configured | 1 << 0 | 1 << 13
        for set in ["bounding", "effective", "permitted"] { #expect(report.capabilities(set) == expected, "\(set)") }
        let other = try container.execReport(["-c", "CAP_CHOWN", "--user", "1000"])
        #expect(other.capabilities("bounding") == Self.configured | 1)
        #expect(other.capabilities("effective") == 0, "a user has what is ambient")
    }

    @Test func `it becomes ambient where the process has inheritable ones`() throws {
        let bundle = try waiting()
        let names: Value = ["CAP_CHOWN", "CAP_KILL"]
        bundle.set("/process/capabilities", ["bounding": names, "effective": names, "permitted": names, "inheritable": names])
        let container = try Container(bundle).running()
        #expect(try container.execReport(["--user", "1000"]).capabilities("ambient") == 0)
        let report = try container.execReport(["--user", "1000", "--cap", "CAP_CHOWN"])
        #expect(report.capabilities("ambient") == 1)
        #expect(report.capabilities("effective") == 1)
        #expect(report.capabilities("inheritable") == 1 | 1 << 5)
    }

    @Test func `no-new-privs is added`() throws {
        let bundle = try waiting()
        bundle.set("/process/noNewPrivileges", false)
        let container = try Container(bundle).running()
        #expect(try container.execReport()["noNewPrivs"]?.integer == 0)
        #expect(try container.execReport(["--no-new-privs"])["noNewPrivs"]?.integer == 1)
    }

    @Test(arguments: [true, false])
    func `the container's filter holds for it too`(noNewPrivileges: Bool) throws {
        let bundle = try waiting()
        bundle.set("/process/noNewPrivileges", .bool(noNewPrivileges))
        bundle.set("/root/readonly", false)
        bundle.set(
            "/linux/seccomp",
            ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95]]])
        let container = try Container(bundle).running()
        let outcome = try container.exec(probe: "mkdir", "/x", "--", "report")
        #expect(
            try outcome.answer("mkdir")["errno"]?.string == "ENOTSUP" || outcome.answer("mkdir")["errno"]?.string == "EOPNOTSUPP",
            "\(outcome)")
        #expect(try outcome.report()["seccomp"]?.integer == 2)
        #expect(!Files.exists(bundle.rootfs + "/x"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun && !Files.exists("/sys/fs/selinux/status"), "SELinux is enabled here, or it is runc"))
    func `a label needs SELinux`() throws {
        let outcome = try Container(try waiting()).running().exec(
            ["--process-label", "system_u:system_r:container_t:s0"], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("selinux is disabled or not supported"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun && !Files.exists("/sys/kernel/security/apparmor"), "AppArmor is enabled here, or it is runc"))
    func `a profile needs AppArmor`() throws {
        let outcome = try Container(try waiting()).running().exec(["--apparmor", "docker-default"], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("apparmor is not enabled on this system"))
    }
}
