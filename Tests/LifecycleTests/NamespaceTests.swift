import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct NamespaceTests {
    static let kernelNames = ["pid": "pid", "network": "net", "ipc": "ipc", "uts": "uts", "mount": "mnt", "cgroup": "cgroup", "user": "user", "time": "time"]

    func host(_ name: String) -> String? { Files.target(ofLink: "/proc/self/ns/\(name)") }

    @Test(arguments: ["pid", "network", "ipc", "uts", "mount", "cgroup"])
    func `a namespace that is listed is new`(type: String) throws {
        let bundle = try Bundle()
        bundle.namespace(type, "")
        let name = try #require(Self.kernelNames[type])
        let inside = try bundle.report().namespace(name)
        #expect(inside != nil && inside != host(name))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun && Files.exists("/proc/self/timens_offsets"), "runc 1.1 has no time namespaces"))
    func `a time namespace has its offsets`() throws {
        let bundle = try Bundle()
        bundle.namespace("time", "")
        bundle.set("/linux/timeOffsets", ["boottime": ["secs": 1_000_000, "nanosecs": 5]])
        bundle.probe("cat", "/proc/uptime", "--", "report")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.report().namespace("time") != host("time"))
        let uptime = try outcome.answer("cat")["content"]?.string?.split(separator: ".").first.flatMap { Int($0) } ?? 0
        #expect(uptime >= 1_000_000)
    }

    @Test(arguments: ["pid", "network", "ipc", "uts", "cgroup"])
    func `one that is not listed is the host's`(type: String) throws {
        let bundle = try Bundle()
        bundle.namespace(type, nil)
        switch type {
        case "uts": bundle.remove("/hostname")
        case "ipc": bundle.unmount("/dev/mqueue")
        // sysfs belongs to the network namespace's owner: the host's may be bound but it needs nothing here.
        default: break
        }
        let name = try #require(Self.kernelNames[type])
        #expect(try bundle.report().namespace(name) == host(name))
    }

    @Test(arguments: ["net", "ipc", "uts"])
    func `a namespace is joined by its path`(name: String) throws {
        let held = try HeldNamespaces(name)
        let bundle = try Bundle()
        let type = try #require(Self.kernelNames.first { $0.value == name }?.key)
        bundle.namespace(type, held.path(name))
        if name == "uts" { bundle.remove("/hostname") }
        let report = try bundle.report()
        #expect(report.namespace(name) == held.link(name))
        #expect(report.namespace(name) != host(name))
    }

    @Test func `a pid namespace is joined by its path`() throws {
        let held = try HeldNamespaces("pid")
        let bundle = try Bundle()
        bundle.namespace("pid", held.path("pid"))
        let report = try bundle.report()
        #expect(report.namespace("pid") == held.link("pid"))
        #expect(report["pid"]?.integer != 1)
    }

    @Test func `two containers share a network namespace`() throws {
        let first = try Container(try waiting()).running()
        let bundle = try Bundle()
        bundle.namespace("network", "/proc/\(try first.pid)/ns/net")
        bundle.namespace("ipc", "/proc/\(try first.pid)/ns/ipc")
        bundle.namespace("uts", "/proc/\(try first.pid)/ns/uts")
        bundle.remove("/hostname")
        let report = try bundle.report()
        #expect(report.namespace("net") == Files.target(ofLink: "/proc/\(try first.pid)/ns/net"))
        #expect(report["hostname"]?.string == "runc", "set by the first")
        #expect(report["interfaces/lo"]?.string == "up")
    }

    @Test func `a path of another type is an error`() throws {
        let held = try HeldNamespaces("uts")
        let bundle = try Bundle()
        bundle.namespace("network", held.path("uts"))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(!outcome.errors.isEmpty)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains(held.path("uts"))) }
    }

    @Test(arguments: ["/no/such/namespace", "/etc/passwd", "/proc/self"])
    func `a path that is no namespace is an error that names it`(path: String) throws {
        let bundle = try Bundle()
        bundle.namespace("network", path)
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        if UnderTest.isSwiftrun { #expect(outcome.errors.contains(path)) }
    }

    @Test func `a type twice is an error`() throws {
        let bundle = try Bundle()
        bundle.append("/linux/namespaces", ["type": "network"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("network"))
    }

    @Test func `an unknown type is an error`() throws {
        let bundle = try Bundle()
        bundle.append("/linux/namespaces", ["type": "cpu"])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cpu"))
    }

    @Test func `lo is up in a new network namespace`() throws {
        let report = try Bundle().report()
        #expect(report["interfaces"]?.keys == ["lo"])
        #expect(report["interfaces/lo"]?.string == "up")
    }

    @Test func `a joined network namespace is left as it is`() throws {
        let held = try HeldNamespaces("net")
        let bundle = try Bundle()
        bundle.namespace("network", held.path("net"))
        #expect(try bundle.report()["interfaces/lo"]?.string == "down")
    }

    @Test func `the first process of a pid namespace is number one`() throws {
        let report = try Bundle().report()
        #expect(report["pid"]?.integer == 1)
        #expect(report["ppid"]?.integer == 0)
        #expect(report["sid"]?.integer == 1, "a session of its own")
        #expect(report["pgid"]?.integer == 1)
    }

    @Test func `mounts need a mount namespace`() throws {
        let bundle = try Bundle()
        bundle.namespace("mount", nil)
        let outcome = try Container(bundle).create()
        guard UnderTest.isSwiftrun else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("mount"))
    }

    @Test func `a cgroup namespace has the container's cgroup as root`() throws {
        let bundle = try Bundle()
        bundle.namespace("cgroup", "")
        #expect(try bundle.report().strings("cgroup").contains("0::/"))
    }
}
