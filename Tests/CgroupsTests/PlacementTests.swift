import Cgroups
import Kernel
import Testing

@Suite struct PlacementTests {
    static let unified = HostCgroups(mount: .init(point: "/sys/fs/cgroup"), own: "/user.slice/session-1.scope")
    static let hybrid = HostCgroups(
        mount: .init(point: "/sys/fs/cgroup/unified"), own: "/", legacyControllers: ["memory", "cpu", "cpuacct"])

    @Test(
        arguments: [
            ("/docker/abc", unified, "/sys/fs/cgroup/docker/abc"), ("/docker//./abc/", unified, "/sys/fs/cgroup/docker/abc"),
            ("/docker/abc", hybrid, "/sys/fs/cgroup/unified/docker/abc"),
            ("", unified, "/sys/fs/cgroup/user.slice/box"), ("mine/box", unified, "/sys/fs/cgroup/user.slice/mine/box"),
            ("", hybrid, "/sys/fs/cgroup/unified/box"), ("./mine", hybrid, "/sys/fs/cgroup/unified/mine"),
            ("/a:b:c", unified, "/sys/fs/cgroup/a:b:c"), (".", unified, nil),
        ] as [(String, HostCgroups, String?)])
    func `cgroupsPath leads from the mount, or from the parent of the runtime's own cgroup`(
        path: String, host: HostCgroups, expected: String?
    ) throws {
        guard let expected else {
            #expect(throws: CgroupsError.self) { try Placement(cgroupsPath: path, id: "box", on: host) }
            return
        }
        #expect(try Placement(cgroupsPath: path, id: "box", on: host).path == expected)
    }

    @Test(arguments: [
        ("/", #"must name a cgroup below the root, found "/""#),
        ("/a/../../b", #"must not contain "..", found "/a/../../b""#), ("..", #"must not contain "..", found "..""#),
        ("/a\nb", "must contain neither a NUL nor a line break"), ("/a\0b", "must contain neither a NUL nor a line break"),
        ("system.slice:runc:box", #"slice:prefix:name is for the systemd driver (--systemd-cgroup), found "system.slice:runc:box""#),
        ("/" + String(repeating: "x", count: 256), "has a name longer than 255 bytes"),
    ])
    func `a path that cannot be is refused by its field`(path: String, problem: String) {
        let error = #expect(throws: CgroupsError.self) { try Placement(cgroupsPath: path, id: "box", on: Self.unified) }
        #expect(error?.description == "config.json: /linux/cgroupsPath: \(problem)")
    }

    @Test(
        arguments: [
            ("/", "/a/b", "/a/box"), ("/a", "/a/b", "/box"), ("/a", "/a", "/box"), ("/a", "/a/b/c", "/b/box"),
            ("/a", "/ab/c", nil), ("/a", "/", nil), ("/..", "/x", nil), ("/", "/../x", nil), ("/", "/x (deleted)", nil),
        ] as [(String, String, String?)])
    func `the root of the mount is taken off the runtime's own cgroup`(root: String, own: String, expected: String?) throws {
        let host = HostCgroups(mount: .init(point: "/cg", root: root), own: own)
        if let expected {
            #expect(try Placement(cgroupsPath: "", id: "box", on: host).path == "/cg" + expected)
        } else {
            let error = #expect(throws: CgroupsError.self) { try Placement(cgroupsPath: "", id: "box", on: host) }
            #expect(error?.description.contains("only an absolute linux.cgroupsPath works here") == true)
        }
        #expect(try Placement(cgroupsPath: "/x", id: "box", on: host).path == "/cg/x")
    }

    @Test func `a host without cgroup v2 is told so`() {
        let error = #expect(throws: CgroupsError.self) {
            try Placement(cgroupsPath: "/x", id: "box", on: HostCgroups(mount: nil, own: nil))
        }
        #expect(error?.description == "cgroup v2: no cgroup2 filesystem is mounted on this host")
    }
}

/// Lines as in proc_pid_mountinfo(5) and cgroups(7).
@Suite struct HostCgroupsTests {
    @Test func `a unified host has all controllers in one hierarchy`() {
        let host = facts("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate", "0::/init.scope\n")
        #expect(host == HostCgroups(mount: .init(point: "/sys/fs/cgroup"), own: "/init.scope"))
    }

    @Test func `a hybrid host keeps controllers in v1`() {
        let mounts = """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            """
        let host = facts(mounts, "9:name=systemd:/\n4:memory:/a:b\n2:cpu,cpuacct:/\n0::/x:y\n")
        #expect(host.mount == HostCgroups.Mount(point: "/sys/fs/cgroup/unified"))
        #expect(host.own == "/x:y")
        #expect(host.legacyControllers == ["memory", "cpu", "cpuacct"])
    }

    @Test func `the root of the mount and an unusual place are seen`() {
        let host = facts("30 23 0:26 /box /mnt/cg\\040roup rw - cgroup2 none rw", "0::/box\n")
        #expect(host.mount == HostCgroups.Mount(point: "/mnt/cg roup", root: "/box"))
    }

    @Test func `of several mounts the expected place wins, and there the uppermost`() {
        let mounts = """
            30 23 0:26 / /mnt/other rw - cgroup2 a rw
            31 23 0:26 /lower /sys/fs/cgroup rw - cgroup2 b rw
            32 31 0:26 /upper /sys/fs/cgroup rw - cgroup2 c rw
            """
        #expect(facts(mounts, "0::/\n").mount == HostCgroups.Mount(point: "/sys/fs/cgroup", root: "/upper"))
    }

    @Test func `a mount that another one covers is none`() {
        let mounts = """
            31 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            32 31 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            """
        #expect(facts(mounts, "0::/\n").mount == nil)
    }

    @Test func `a host without the hierarchy has no own cgroup`() {
        #expect(facts("", "4:memory:/\n") == HostCgroups(mount: nil, own: nil, legacyControllers: ["memory"]))
    }

    private func facts(_ mounts: String, _ membership: String) -> HostCgroups {
        HostCgroups(MountTable(parsing: mounts), membership: membership)
    }
}
