import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct IDMapTests {
    /// A bundle of a user namespace, its image owned by what is root inside.
    func mapped(size: Int = 65536) throws -> Bundle {
        let bundle = try Bundle()
        bundle.namespace("user", "")
        bundle.set("/linux/uidMappings", [["containerID": 0, "hostID": 100_000, "size": Value(size)]])
        bundle.set("/linux/gidMappings", [["containerID": 0, "hostID": 200_000, "size": Value(size)]])
        for path in ["", "/bin", "/dev", "/etc", "/proc", "/root", "/sys", "/tmp", "/bin/probe"] {
            try Files.changeOwner(bundle.rootfs + path, uid: 100_000, gid: 200_000)
        }
        return bundle
    }

    @Test func `root inside is another on the host`() throws {
        let bundle = try mapped()
        bundle.probe("report", "--", "stat", "/bin/probe", "/etc/passwd", "--", "wait")
        let container = try Container(bundle).created()
        let status = Files.text("/proc/\(try container.pid)/status")
        #expect(status.contains("Uid:\t100000\t100000\t100000\t100000"))
        #expect(status.contains("Gid:\t200000\t200000\t200000\t200000"))
        #expect(try container.start().status == 0)
        let report = Report(try #require(try container.output?.value()))
        #expect(report.integers("uid") == [0, 0, 0, 0])
        #expect(report.namespace("user") != Files.target(ofLink: "/proc/self/ns/user"))
        #expect(report.strings("uidMap").map { $0.split(separator: " ").map(String.init) } == [["0", "100000", "65536"]])
        #expect(report.strings("gidMap").map { $0.split(separator: " ").map(String.init) } == [["0", "200000", "65536"]])
        #expect(report["setgroups"]?.string == "allow")
        let probe = try #require(try container.output?.value())
        #expect(probe["uid"]?.integer == 0)
        #expect(probe["gid"]?.integer == 0)
        let passwd = try #require(try container.output?.value())
        #expect(passwd["uid"]?.integer == 65534, "what is not mapped is nobody's")
    }

    @Test func `another user and groups`() throws {
        let bundle = try mapped()
        bundle.set("/process/user", ["uid": 1000, "gid": 1001, "additionalGids": [5, 6]])
        let report = try bundle.report()
        #expect(report.integers("uid") == [1000, 1000, 1000, 1000])
        #expect(report.integers("gid") == [1001, 1001, 1001, 1001])
        #expect(report.integers("groups") == [5, 6])
    }

    @Test func `the default devices are there and work`() throws {
        let bundle = try mapped()
        bundle.probe("stat", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "--", "write", "/dev/null", "x", "--", "ls", "/dev")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        for (path, minor) in [("/dev/null", 3), ("/dev/zero", 5), ("/dev/full", 7), ("/dev/random", 8), ("/dev/urandom", 9)] {
            let facts = try outcome.answer("stat", path)
            #expect(facts["type"]?.string == "character device")
            #expect(facts["major"]?.integer == 1 && facts["minor"]?.integer == minor)
        }
        #expect(try outcome.answer("write")["result"]?.integer == 1)
        #expect(Set(try outcome.answer("ls")["names"]?.strings ?? []).isSuperset(of: ["fd", "stdin", "stdout", "stderr", "ptmx", "pts", "shm"]))
    }

    @Test func `several ranges`() throws {
        let bundle = try mapped(size: 1)
        bundle.append("/linux/uidMappings", ["containerID": 1, "hostID": 300_000, "size": 10])
        bundle.append("/linux/gidMappings", ["containerID": 1, "hostID": 400_000, "size": 10])
        #expect(try bundle.report().strings("uidMap").count == 2)
    }

    @Test func `an id outside the mapping is an error`() throws {
        let bundle = try mapped(size: 10)
        bundle.set("/process/user/uid", 1000)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("uid") && outcome.errors.contains("1000")) }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 ignores them"))
    func `mappings without a user namespace are an error`() throws {
        let bundle = try mapped()
        bundle.namespace("user", nil)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("user namespace") || outcome.errors.contains("Mappings"))
    }

    @Test func `a user namespace without mappings is an error`() throws {
        let bundle = try mapped()
        bundle.remove("/linux/uidMappings")
        bundle.remove("/linux/gidMappings")
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `overlapping ranges are an error`() throws {
        let bundle = try mapped()
        bundle.append("/linux/uidMappings", ["containerID": 5, "hostID": 300_000, "size": 10])
        #expect(try Container(bundle).create().status == 1)
    }

    @Test func `the host's null device keeps its owner`() throws {
        // crun 1.8.1 gave the host's /dev/null to the container's user.
        let before = try #require(Files.facts("/dev/null"))
        let bundle = try mapped()
        bundle.probe("exit", "0")
        #expect(try bundle.run(input: .null).status == 0)
        #expect(Files.facts("/dev/null") == before)
    }

    @Test func `stdio belongs to the process's user`() throws {
        let bundle = try mapped()
        bundle.set("/process/user", ["uid": 1000, "gid": 1000])
        // /proc/self/fd/1 can be opened anew by its owner only.
        bundle.probe("open", "/proc/self/fd/1", "w", "--", "open", "/dev/stderr", "w")
        let outcome = try bundle.run()
        #expect(try outcome.lines().allSatisfy { $0["result"]?.integer == 0 }, "\(outcome)")
    }

    @Test func `a user namespace is joined by its path`() throws {
        let first = try Container(try { let bundle = try mapped(); bundle.probe("wait"); return bundle }()).running()
        let bundle = try mapped()
        let pid = try first.pid
        bundle.namespace("user", "/proc/\(pid)/ns/user")
        for (type, name) in [("network", "net"), ("ipc", "ipc")] { bundle.namespace(type, "/proc/\(pid)/ns/\(name)") }
        if UnderTest.isSwiftrun {
            bundle.remove("/linux/uidMappings")
            bundle.remove("/linux/gidMappings")
        }
        let report = try bundle.report()
        #expect(report.namespace("user") == Files.target(ofLink: "/proc/\(pid)/ns/user"))
        #expect(report.integers("uid") == [0, 0, 0, 0])
    }

    @Test func `capabilities inside are those of the namespace`() throws {
        let bundle = try mapped()
        bundle.set("/process/capabilities/bounding", ["CAP_CHOWN", "CAP_SYS_ADMIN"])
        bundle.set("/process/capabilities/effective", ["CAP_CHOWN", "CAP_SYS_ADMIN"])
        bundle.set("/process/capabilities/permitted", ["CAP_CHOWN", "CAP_SYS_ADMIN"])
        #expect(try bundle.report().capabilities("effective") == 1 << 0 | 1 << 21)
    }
}
