import JSON
import TestKit
import Testing

// What set-up may touch, and what it must keep: nothing outside the container, nothing of those whose namespaces it joins.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot && UnderTest.isSwiftrun, "needs root; runc 1.1 fails most of these"), .timeLimit(.minutes(2)))
struct SetUpSafetyTests {
    @Test func `a mount namespace of somebody else's is not rearranged`() throws {
        let held = try HeldNamespaces("mnt")
        let before = Files.text("/proc/\(held.pid)/mountinfo")
        let bundle = try Bundle()
        bundle.namespace("mount", held.path("mnt"))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("config.json: /linux/namespaces/4/path: "), "\(outcome)")
        #expect(Files.text("/proc/\(held.pid)/mountinfo") == before)
        #expect(Files.target(ofLink: "/proc/\(held.pid)/root") == "/")
    }

    @Test func `a joined user namespace that denies setgroups is entered`() throws {
        let held = try HeldNamespaces("user")
        let maps = ["setgroups": "deny", "uid_map": "0 100000 65536", "gid_map": "0 100000 65536"]
        for name in ["setgroups", "uid_map", "gid_map"] {
            #expect(try execute(["sh", "-c", "echo '\(maps[name] ?? "")' > /proc/\(held.pid)/\(name)"]).status == 0)
        }
        let bundle = try Bundle()
        try bundle.mapUsers()
        bundle.namespace("user", held.path("user"))
        for kind in ["uid", "gid"] { bundle.remove("/linux/\(kind)Mappings") }
        let report = try bundle.report()
        #expect(report["setgroups"]?.string == "deny")
        #expect(report.integers("uid") == [0, 0, 0, 0])

        bundle.set("/process/user/additionalGids", [5])
        let refused = try bundle.run()
        #expect(refused.status == 1)
        #expect(refused.errors.contains("set 1 supplementary groups: refused (EPERM)"), "\(refused)")
    }

    @Test func `a path that leads through its own mount is looked up once`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/data/inner")
        try Files.makeSymlink(bundle.rootfs + "/way", to: "/data/inner/..")
        bundle.mount("/way", "tmpfs", "one", ["shared", "rnoexec"])
        let mount = try bundle.report().mount(at: "/data")
        #expect(mount?.source == "one")
        #expect(mount?.options.contains("noexec") == true)
        #expect(mount?.optional.contains { $0.hasPrefix("shared:") } == true)
    }

    @Test func `what covers a read-only tmpfs stays writable`() throws {
        let bundle = try Bundle()
        bundle.mount("/tmp", "tmpfs", "lower", ["ro"])
        bundle.mount("/tmp", "tmpfs", "upper", [])
        let mounts = try bundle.report().mounts.filter { $0.point == "/tmp" }
        #expect(mounts.map(\.source) == ["lower", "upper"])
        #expect(mounts.map { $0.options.contains("ro") } == [true, false])
    }

    @Test func `tmpcopyup goes into the mount that asked for it`() throws {
        let bundle = try Bundle()
        try Files.makeDirectory(bundle.rootfs + "/data/inner")
        try Files.write(bundle.rootfs + "/data/file", "text")
        try Files.makeSymlink(bundle.rootfs + "/way", to: "/data/inner/..")
        bundle.mount("/way", "tmpfs", "tmpfs", ["tmpcopyup", "ro"])
        bundle.probe("cat", "/data/file", "--", "ls", "/data", "--", "create", "/data/new", "x")
        let outcome = try bundle.run()
        #expect(try outcome.answer("cat")["content"]?.string == "text", "\(outcome)")
        #expect(try outcome.answer("ls")["names"]?.strings == ["file", "inner"])
        #expect(try outcome.answer("write")["errno"]?.string == "EROFS")
    }

    @Test func `a device of the host that is another than asked for is refused`() throws {
        let bundle = try Bundle()
        try bundle.mapUsers()
        bundle.set("/linux/devices", [["type": "c", "path": "/dev/full", "major": 1, "minor": 5]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("bind character device 1:5 on /dev/full: No such device (ENODEV)"), "\(outcome)")
        bundle.set("/linux/devices", [["type": "b", "path": "/dev/full", "major": 1, "minor": 7]])
        #expect(try Container(bundle).create().status == 1, "the type counts as well")
        bundle.set("/linux/devices", [["type": "c", "path": "/dev/full", "major": 1, "minor": 7]])
        bundle.probe("stat", "/dev/full")
        #expect(try bundle.run().answer("stat")["minor"]?.integer == 7)
    }

    @Test(.enabled(if: Host.hasCgroup2, "needs cgroup2")) func `a cgroup namespace without rights to mount shows the container's own cgroup`() throws {
        // CVE-2023-25809: never the host's tree.
        let held = try HeldNamespaces("cgroup")
        let bundle = try Bundle()
        try bundle.mapUsers()
        bundle.namespace("cgroup", held.path("cgroup"))
        bundle.probe("report", "--", "create", "/sys/fs/cgroup/x/y", "x", "--", "mkdir", "/sys/fs/cgroup/child", "--", "cat", "/sys/fs/cgroup/cgroup.procs")
        let outcome = try bundle.run()
        let mount = try outcome.report().mount(at: "/sys/fs/cgroup")
        #expect(mount?.type == "cgroup2", "\(outcome)")
        #expect(mount?.root.hasSuffix("/" + bundle.cgroup) == true, "\(mount?.root ?? "none")")
        #expect(mount?.options.contains("ro") == true)
        #expect(try outcome.answer("mkdir")["errno"]?.string == "EROFS")
    }

    @Test(.enabled(if: Host.hasCgroup2, "needs cgroup2")) func `without a cgroup namespace the host's cgroups are read-only where that is asked for`() throws {
        // CVE-2023-25809.
        let bundle = try Bundle()
        try bundle.mapUsers()
        bundle.probe("report", "--", "mkdir", "/sys/fs/cgroup/child")
        let outcome = try bundle.run()
        let mount = try outcome.report().mount(at: "/sys/fs/cgroup")
        #expect(mount?.type == "cgroup2" && mount?.options.contains("ro") == true, "\(outcome)")
        #expect(try outcome.answer("mkdir")["errno"]?.string == "EROFS")
    }

    @Test func `flags that the host has locked stay locked on an id-mapped bind`() throws {
        let bundle = try Bundle()
        try bundle.mapUsers()
        for set in ["bounding", "effective", "permitted"] { bundle.append("/process/capabilities/\(set)", "CAP_SYS_ADMIN") }
        let source = bundle.path + "/source"
        try Files.makeDirectory(source)
        bundle.mount("/data", "bind", source, ["rbind", "idmap"])
        bundle.probe("remount", "/data", "--", "create", "/data/file", "x")
        try bundle.save()
        let script = "mount --bind \(source) \(source) && mount -o remount,bind,ro,nosuid \(source) && exec \"$@\""
        let outcome = try execute(
            [ProbeBinary.path, "host", "mounts", "sh", "-c", script, "sh", UnderTest.binary, "--root", bundle.scratch.root, "run", "--bundle", bundle.path, bundle.scratch.unique("run")],
            environment: bundle.scratch.environment, directory: bundle.scratch.directory)
        #expect(try outcome.answer("remount")["errno"]?.string == "EPERM", "\(outcome)")
        #expect(try outcome.answer("write")["errno"]?.string == "EROFS")
    }

    @Test(arguments: ["symlink", "file", "other device"])
    func `a null device that was replaced masks nothing`(kind: String) throws {
        // CVE-2025-31133: what lies at /dev/null would be mounted over files of /proc.
        let bundle = try Bundle()
        for destination in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { bundle.unmount(destination) }
        bundle.set("/root/readonly", false)
        let place = bundle.rootfs + "/dev/null"
        let script =
            switch kind {
            case "symlink": "rm -f \(place) && ln -s /proc/sysrq-trigger \(place)"
            case "file": "rm -f \(place) && echo fake > \(place)"
            default: "rm -f \(place) && mknod \(place) c 1 5"
            }
        bundle.set("/hooks/createContainer", [["path": "/bin/sh", "args": ["sh", "-c", .string(script)], "env": ["PATH=/usr/bin:/bin"]]])
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("open /dev/null of the container: No such device (ENODEV)"), "\(outcome)")
    }

    @Test func `a sysctl is written to the kernel's file, whatever covers it`() throws {
        // CVE-2025-52881: a write that a mount redirects.
        let bundle = try Bundle()
        try Files.write(bundle.path + "/fake", "0\n")
        let place = bundle.rootfs + "/proc/sys/net/ipv4/ip_forward"
        let script = "mount --bind \(bundle.path)/fake \(place)"
        bundle.set("/hooks/createContainer", [["path": "/bin/sh", "args": ["sh", "-c", .string(script)], "env": ["PATH=/usr/bin:/bin"]]])
        bundle.set("/linux/sysctl", ["net.ipv4.ip_forward": "1"])
        bundle.probe("cat", "/proc/sys/net/ipv4/ip_forward", "--", "cat", "/proc/sys/net/ipv4/conf/all/forwarding")
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(Files.text(bundle.path + "/fake") == "0\n", "what covers it was not written")
        #expect(try outcome.answer("cat", "/proc/sys/net/ipv4/conf/all/forwarding")["content"]?.string == "1\n")
    }
}
