import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecNamespaceTests {
    static let names = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]

    func expectSame(_ report: Report, as pid: Int) {
        for name in Self.names { #expect(report.namespace(name) == Files.target(ofLink: "/proc/\(pid)/ns/\(name)"), "\(name)") }
    }

    @Test func `they are exactly those of the container's process`() throws {
        let container = try Container(try waiting()).running()
        let report = try container.execReport()
        expectSame(report, as: try container.pid)
        #expect(report["ppid"]?.integer == 0)
        #expect(report["pid"]?.integer != 1)
        #expect(report["sid"] == report["pid"])
        #expect(report["hostname"]?.string == "runc")
        #expect(report.mount(at: "/proc")?.type == "proc")
        #expect(report["cwd"]?.string == "/")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 has no time namespace"))
    func `all eight of them`() throws {
        let bundle = try waiting()
        for kind in ["user", "time", "cgroup"] { bundle.namespace(kind, "") }
        bundle.set("/linux/timeOffsets", ["monotonic": ["secs": 4000, "nanosecs": 0]])
        for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 2000]]) }
        let container = try Container(bundle).running()
        let report = try container.execReport(["--user", "1000:1001"])
        expectSame(report, as: try container.pid)
        for name in Self.names { #expect(report.namespace(name) != Files.target(ofLink: "/proc/self/ns/\(name)"), "\(name)") }
        #expect(report.integers("uid") == [1000, 1000, 1000, 1000])
        #expect(report.integers("gid") == [1001, 1001, 1001, 1001])
        #expect(report["ppid"]?.integer == 0)
        #expect(try container.exec(probe: "exit", "7").status == 7)
        #expect(try container.exec(probe: "signal", "15").status == 143)
    }

    @Test func `of a user namespace root is root`() throws {
        let bundle = try waiting()
        bundle.namespace("user", "")
        for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 2000]]) }
        let container = try Container(bundle).running()
        let exec = try ExecShim(container, ["-g", "5"], probe: "report", "--", "wait")
        let report = Report(try exec.output.value())
        expectSame(report, as: try container.pid)
        #expect(report.integers("uid") == [0, 0, 0, 0])
        #expect(report.integers("groups") == [5])
        _ = try exec.output.line()
        let status = Files.text("/proc/\(try exec.pid)/status")
        #expect(status.contains("Uid:\t100000\t100000\t100000\t100000"))
        #expect(status.contains("Gid:\t100000\t100000\t100000\t100000"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 fails otherwise")) func `an id that is not mapped is refused`() throws {
        let bundle = try waiting()
        bundle.namespace("user", "")
        for kind in ["uid", "gid"] { bundle.set("/linux/\(kind)Mappings", [["containerID": 0, "hostID": 100_000, "size": 2000]]) }
        let container = try Container(bundle).running()
        for options in [["--user", "5000"], ["--user", "0:5000"], ["-g", "5000"]] {
            let outcome = try container.exec(options, probe: "out", "ran")
            #expect(outcome.status == 255 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("id 5000 is not mapped in the user namespace"), "\(outcome.errors)")
        }
    }

    @Test func `what the container shares with the host is the host's`() throws {
        let bundle = try waiting()
        for kind in ["pid", "network", "ipc", "uts"] { bundle.namespace(kind, nil) }
        bundle.remove("/hostname")
        let container = try Container(bundle).running()
        let exec = try ExecShim(container, probe: "report", "--", "exit", "9")
        let report = Report(try exec.output.value())
        expectSame(report, as: try container.pid)
        #expect(report.namespace("pid") == Files.target(ofLink: "/proc/self/ns/pid"))
        #expect(report["pid"]?.integer == (try exec.pid))
        #expect(try exec.end() == .exited(9))
    }

    @Test func `namespaces by path are joined too`() throws {
        let held = try HeldNamespaces("net,uts,ipc")
        let bundle = try waiting()
        for (kind, name) in [("network", "net"), ("uts", "uts"), ("ipc", "ipc")] { bundle.namespace(kind, held.path(name)) }
        bundle.remove("/hostname")
        let container = try Container(bundle).running()
        let report = try container.execReport()
        expectSame(report, as: try container.pid)
        #expect(report.namespace("net") == held.link("net"))
    }

    @Test func `the session keyring is the container's by name`() throws {
        let container = try Container(try waiting()).running()
        #expect(try container.execReport()["keyring"]?.string?.hasSuffix(";_ses.\(container.id)") == true)
    }

    @Test func `the cgroup is the container's`() throws {
        let container = try Container(try waiting()).running()
        let exec = try ExecShim(container, probe: "wait")
        _ = try exec.output.line()
        #expect(Set(processes(inCgroup: container.bundle.cgroup)) == [try container.pid, try exec.pid])
    }

    @Test func `a cgroup below the container's`() throws {
        let container = try Container(try waiting()).running()
        try Files.makeDirectory(container.cgroupDirectory + "/sub/deeper")
        for path in ["sub", "sub/deeper", "/sub", "./sub/"] {
            let exec = try ExecShim(container, ["--cgroup", path], probe: "out", "here", "--", "wait")
            #expect(exec.runtime == .exited(0), "\(path)")
            _ = try exec.output.line()
            _ = try exec.output.line()
            let place = path == "sub/deeper" ? "sub/deeper" : "sub"
            #expect(Files.text("/proc/\(try exec.pid)/cgroup").contains("/\(container.bundle.cgroup)/\(place)\n"), "\(path)")
        }
    }

    @Test(arguments: ["..", "../other", "sub/../..", "/..", "sub/.."])
    func `no cgroup but below the container's`(path: String) throws {
        let container = try Container(try waiting()).running()
        try Files.makeDirectory(container.cgroupDirectory + "/sub")
        // runc 1.1 joins the path cleaned, which for this one is the container's own.
        if !UnderTest.isSwiftrun && path == "sub/.." { return }
        let outcome = try container.exec(["--cgroup", path], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty, "\(outcome)")
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains("--cgroup: must lie below the container's cgroup")) }
    }

    @Test func `a cgroup that is not there is not made`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--cgroup", "nothing"], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
        #expect(!Files.exists(container.cgroupDirectory + "/nothing"))
        #expect(outcome.errors.contains("nothing"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's answer is the kernel's"))
    func `a cgroup that is a symlink or a file is none`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--cgroup", "cgroup.procs"], probe: "out", "ran")
        #expect(outcome.status == 255 && outcome.output.isEmpty)
    }
}
