import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct NamespaceTests {
    private func mapped() throws -> Bundle {
        let bundle = try Bundle()
        bundle.namespace("user", "")
        for key in ["/linux/uidMappings", "/linux/gidMappings"] { bundle.set(key, [["containerID": 0, "hostID": 100000, "size": 65536]]) }
        // Its user has to reach the bundle.
        try Files.changeMode(bundle.scratch.directory, 0o755)
        return bundle
    }

    @Test func `a container with a user and a time namespace has its clock`() throws {
        let bundle = try mapped()
        bundle.namespace("time", "")
        bundle.set("/linux/timeOffsets", ["boottime": ["secs": 1_000_000_000]])
        bundle.probe("cat", "/proc/self/timens_offsets")
        // Several times: a process that forks and the new one tell the parent of it at the same time.
        for _ in 0..<20 {
            let outcome = try bundle.run()
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.output.contains("1000000000"))
        }
    }

    // Those of the first user namespace need its rights, which who joins another one gives up.
    @Test func `a network namespace of the host is joined beside a user namespace`() throws {
        let (users, network) = (try HeldNamespaces("user"), try HeldNamespaces("net"))
        for map in ["uid_map", "gid_map"] {
            let written = try execute(["/bin/sh", "-c", "echo 0 100000 65536 > /proc/\(users.pid)/\(map)"])
            try #require(written.status == 0, "\(written)")
        }
        let bundle = try Bundle()
        try Files.changeMode(bundle.scratch.directory, 0o755)
        bundle.namespace("user", users.path("user"))
        bundle.namespace("network", network.path("net"))
        // sysfs is for who owns the network namespace alone.
        bundle.unmount("/sys")
        bundle.unmount("/sys/fs/cgroup")
        let report = try bundle.report()
        #expect(report["namespaces/net"]?.string == network.link("net"))
        #expect(report["namespaces/user"]?.string == users.link("user"))
    }
}
