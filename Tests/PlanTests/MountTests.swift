import Plan
import Spec
import Steps
import Testing

@Suite struct MountTests {
    private func bind(_ options: [String]) throws -> BindStep {
        let step = try Trial { $0.bind("/src", "/dst", options) }.first { if case .bind(let step) = $0 { step } else { nil } }
        return try #require(step)
    }

    private func mount(_ destination: String, _ type: String, _ options: [String], _ source: String = "") throws -> MountStep {
        let step = try Trial { $0.mount(destination, type, options, source: source) }.first {
            if case .mount(let step) = $0 { step } else { nil }
        }
        return try #require(step)
    }

    @Test func `mounts are made in the order of the config`() throws {
        let lines = try Trial {
            $0.mount("/a", "tmpfs")
            $0.bind("/src", "/a/b")
            $0.mount("/c", "mqueue")
        }.lines().filter { ($0.hasPrefix("mount ") && $0.contains(" on /") && !$0.contains("staging")) || $0.hasPrefix("bind ") }
        #expect(lines == ["mount tmpfs on /a", "bind on /a/b", "mount mqueue on /c"])
    }

    @Test func `a bind without flags keeps those of its source`() throws {
        let step = try bind([])
        #expect(step.set == 0 && step.clear == 0 && step.mustClear == 0)
    }

    @Test func `a bind with flags has those and no others`() throws {
        let step = try bind(["ro", "nosuid"])
        #expect(step.set == 1 | 2)
        // nodev, noexec, nodiratime, nosymfollow: cleared if the kernel lets us, since they were not asked for.
        #expect(step.clear == 4 | 8 | 0x80 | 0x200000)
        #expect(step.mustClear == 0)
    }

    @Test func `what the options clear by name is not left locked in silence`() throws {
        let step = try bind(["ro", "dev", "exec"])
        #expect(step.mustClear == 4 | 8)
        #expect(step.clear & (4 | 8) == 4 | 8)
    }

    @Test(arguments: [("noatime", 0x10), ("strictatime", 0x20), ("relatime", 0), ("atime", 0)])
    func `the access time mode is cleared whole before it is set`(option: String, mode: UInt64) throws {
        let step = try bind([option])
        #expect(step.set & 0x70 == mode)
        #expect(step.clear & 0x70 == 0x70)
        #expect(step.mustClear == 0x70)
    }

    @Test func `a bind that speaks of no access time keeps it`() throws {
        #expect(try bind(["ro"]).clear & 0x70 == 0)
    }

    @Test func `propagation and recursive attributes go with the bind`() throws {
        let step = try bind(["rro", "rnosuid", "rslave"])
        #expect(step.recursiveSet == 1 | 2)
        #expect(step.propagation == 1 << 19 | 1 << 14)
        #expect(step.set == 0, "they are not the mount's own")
    }

    @Test func `propagation and recursive attributes go with a file system`() throws {
        let step = try mount("/a", "tmpfs", ["rshared", "rro"])
        #expect(step.flags == 0 && step.recursiveSet == 1 && step.propagation == 1 << 20 | 1 << 14)
    }

    @Test func `flags and data reach the file system`() throws {
        let step = try mount("/a", "tmpfs", ["nosuid", "size=64k", "noexec", "mode=755"], "shm")
        #expect(step.flags == 2 | 8)
        #expect("\(step.data)" == "size=64k,mode=755")
        #expect("\(step.source)" == "shm")
    }

    @Test func `a missing source is called by the type`() throws {
        #expect("\(try mount("/a", "tmpfs", []).source)" == "tmpfs")
    }

    @Test func `sources are opened at once, before the root is entered, rbind with all below`() throws {
        let lines = try Trial {
            $0.bind("/one", "/a")
            $0.mount("/b", "none", ["rbind"], source: "two")
        }.lines()
        let one = try #require(lines.firstIndex(of: "open mount source /one"))
        let two = try #require(lines.firstIndex(of: "open mount source /b/two and below"), "relative ones count from the bundle")
        let root = try #require(lines.firstIndex { $0.hasPrefix("mount rootfs") })
        #expect(one < two && two < root)
    }

    @Test(arguments: [("a/b", "/a/b"), ("/a/../b", "/b"), ("../../etc/x", "/etc/x"), ("/a//b/./c/", "/a/b/c")])
    func `a destination counts from the root and stays in it`(written: String, meant: String) throws {
        #expect(try Trial { $0.mount(written, "tmpfs") }.lines().contains("mount tmpfs on \(meant)"))
        #expect(try Trial { $0.bind("/s", written) }.lines().contains("bind on \(meant)"))
    }

    @Test(arguments: ["/", "//", "/a/..", "..", "/./"])
    func `the root is no destination`(destination: String) {
        #expect(throws: PlanError("/mounts/0/destination", "cannot be the root")) {
            try Trial { $0.mount(destination, "tmpfs") }.plan()
        }
    }

    // CVE-2019-16884 and CVE-2019-19921: what hides the kernel's own files would let a container have its labels written nowhere.
    @Test(arguments: ["/proc", "proc", "/proc/", "/x/../proc"])
    func `only proc goes on proc`(destination: String) throws {
        for type in ["tmpfs", "sysfs", "overlay"] {
            #expect(throws: PlanError("/mounts/0/destination", "only proc may be mounted on /proc")) {
                try Trial { $0.mount(destination, type) }.plan()
            }
        }
        #expect(throws: PlanError("/mounts/0/destination", "only proc may be mounted on /proc")) {
            try Trial { $0.bind("/var/lib/x", destination) }.plan()
        }
        _ = try Trial { $0.mount(destination, "proc") }.plan()
        _ = try Trial { $0.bind("/proc", destination) }.plan()
    }

    @Test(arguments: ["/proc/self", "/proc/sys/kernel", "/proc/x/../self/attr/exec", "/proc/cpuinfo/x", "/proc/meminfo2"])
    func `nothing goes inside proc`(destination: String) {
        #expect(throws: PlanError.self) { try Trial { $0.bind("/x", destination) }.plan() }
        #expect(throws: PlanError.self) { try Trial { $0.mount(destination, "tmpfs") }.plan() }
        #expect(throws: PlanError.self) { try Trial { $0.mount(destination, "proc") }.plan() }
    }

    // The files of lxcfs.
    @Test(arguments: [
        "cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo", "sys/kernel/ns_last_pid",
        "sys/crypto/fips_enabled",
    ])
    func `but what lxcfs provides`(file: String) throws {
        let step = try Trial { $0.bind("/x", "/proc/" + file) }.first { if case .bind(let step) = $0 { step } else { nil } }
        #expect(step?.coversProc == .allowed)
    }

    @Test func `any other bind is refused by its place once more when it is made`() throws {
        #expect(try bind([]).coversProc == .refused)
    }

    @Test(arguments: ["proc", "sysfs"])
    func `no symlink is followed to the place of a kernel file system`(type: String) throws {
        #expect(try mount(type == "proc" ? "/proc" : "/sys", type, []).targetRule == .refuseLinks)
        #expect(try mount("/a", "tmpfs", []).targetRule == .follow)
    }

    @Test func `a read-only tmpfs becomes so when everything is in it`() throws {
        let lines = try Trial { $0.mount("/a", "tmpfs", ["ro", "nosuid"]) }.lines()
        #expect(lines.contains("mount tmpfs on /a (nosuid)"))
        let late = try #require(lines.firstIndex(of: "remount /a read-only"))
        #expect((try #require(lines.firstIndex(of: "make directory /"))) < late)
        #expect(try Trial { $0.mount("/s", "sysfs", ["ro"]) }.lines().contains("mount sysfs on /s (ro)"))
    }

    @Test func `so does whatever is on dev`() throws {
        let lines = try Trial { $0.mount("/dev", "overlay", ["ro"]) }.lines()
        #expect(lines.contains("mount overlay on /dev"))
        #expect(lines.contains("remount /dev read-only"))
    }

    @Test(arguments: ["cgroup", "cgroup2"])
    func `a cgroup mount is the unified hierarchy, without data`(type: String) throws {
        let step = try mount("/sys/fs/cgroup", type, ["ro", "nsdelegate"], "cgroup")
        #expect("\(step.type)" == "cgroup2" && "\(step.data)" == "" && step.flags == 1)
        #expect(step.fallback == nil)
    }

    @Test func `without rights the host's hierarchy can stand in, or the container's own part of it`() throws {
        var trial = Trial {
            $0.mapUsers()
            $0.mount("/sys/fs/cgroup", "cgroup", ["ro"])
        }
        let step = try trial.first { if case .mount(let step) = $0 { step } else { nil } }
        #expect(step?.fallback != nil)
        #expect(try trial.lines().contains("open mount source /sys/fs/cgroup and below"))
        trial.facts.cgroupMountPoint = ""
        #expect(throws: PlanError("/mounts/0/type", "the host has no cgroup2 mount")) { try trial.plan() }
        trial.namespace(.cgroup)
        let plan = try trial.plan()
        let own = plan.steps.compactMap { if case .mount(let step) = $0 { step.fallback } else { nil } }
        #expect(own.count == 1 && own == plan.ownCgroups)
        #expect(try !trial.lines().contains("open mount source /sys/fs/cgroup and below"))
    }

    @Test func `tmpcopyup comes after its mount`() throws {
        let lines = try Trial { $0.mount("/etc", "tmpfs", ["tmpcopyup"]) }.lines()
        let at = try #require(lines.firstIndex(of: "mount tmpfs on /etc"))
        #expect(lines[at + 1] == "copy up /etc")
    }

    @Test func `tmpcopyup is for tmpfs`() {
        #expect(throws: PlanError("/mounts/0/options", "tmpcopyup is for tmpfs, found type \"mqueue\"")) {
            try Trial { $0.mount("/a", "mqueue", ["tmpcopyup"]) }.plan()
        }
    }

    @Test(arguments: ["tmpfs", "mqueue", "devpts"])
    func `the mount label goes to the file systems that take one`(type: String) throws {
        let step = try Trial {
            $0.config.linux.mountLabel = "a:b:c:s0"
            $0.mount("/a", type, ["mode=1"])
        }.first { if case .mount(let step) = $0 { step } else { nil } }
        #expect(step.map { "\($0.data)" } == "mode=1,context=\"a:b:c:s0\"")
    }

    @Test func `the mount label spares proc and sysfs`() throws {
        let step = try Trial {
            $0.config.linux.mountLabel = "a:b:c:s0"
            $0.mount("/proc", "proc")
        }.first { if case .mount(let step) = $0 { step } else { nil } }
        #expect(step.map { "\($0.data)" } == "")
    }

    @Test func `what cannot be mounted is refused by its field`() {
        let faults: [(Trial, PlanError)] = [
            (Trial { $0.mount("/a", "") }, PlanError("/mounts/0/type", "is required unless the mount is a bind")),
            (Trial { $0.bind("", "/a") }, PlanError("/mounts/0/source", "a bind mount needs one")),
            (
                Trial { $0.bind("/s", "/a", ["size=1", "mode=2"]) },
                PlanError("/mounts/0/options", "bind mounts cannot have any filesystem-specific options applied, found \"size=1,mode=2\"")
            ),
            (Trial { $0.mount("/a", "tmpfs", ["idmap"]) }, PlanError("/mounts/0", "only a bind mount can be id-mapped")),
            (
                Trial { $0.bind("/s", "/a", ["ridmap"]) },
                PlanError("/mounts/0/options", "an id-mapped mount needs mappings of its own or a new user namespace")
            ),
            (
                Trial { $0.mount("/a", "tmpfs", [String(repeating: "x", count: 4096)]) },
                PlanError("/mounts/0/options", "are longer than a page")
            ),
        ]
        for (trial, fault) in faults { #expect(throws: fault) { try trial.plan() } }
    }

    // runtime-spec config.md: the mount's own mappings, or those of the user namespace; mappings alone ask for idmap.
    @Test func `the owners of a bind are mapped by the parent`() throws {
        let own = IDMapping(containerID: 0, hostID: 1, size: 1)
        var trial = Trial {
            $0.bind("s", "/a")
            $0.config.mounts[0].uidMappings = [own]
            $0.config.mounts[0].gidMappings = [own]
        }
        var source = try #require(try trial.plan().mappedSources.first)
        #expect(source.path == "/b/s" && source.mapped == .one && source.maps.uids == [own])
        #expect(try trial.lines().contains("open mount source /b/s for other owners"))
        #expect(try trial.first { if case .bind(let step) = $0 { step.tree } else { nil } } == source.slot)

        trial = Trial {
            $0.mapUsers()
            $0.mount("/a", "none", ["rbind", "ridmap"], source: "/s")
        }
        source = try #require(try trial.plan().mappedSources.first)
        #expect(source.mapped == .all && source.maps.uids == trial.config.linux.uidMappings)
        trial.config.mounts[0].options = ["rbind", "idmap"]
        #expect(try trial.plan().mappedSources.first?.mapped == .one)
    }

    @Test func `mapped owners take rights over the host`() {
        for change in [{ $0.facts.uid = 1000 }, { $0.facts.isInUserNamespace = true }] as [(inout Trial) -> Void] {
            #expect(throws: PlanError("/mounts/0", "id-mapped mounts need rights over the host")) {
                try Trial {
                    $0.mapUsers()
                    $0.bind("/s", "/a", ["idmap"])
                    change(&$0)
                }.plan()
            }
        }
    }

    @Test func `a tmpfs keeps the mode of what it covers unless it has one`() throws {
        #expect(try mount("/a", "tmpfs", []).mode == .kept)
        #expect(try mount("/a", "tmpfs", ["mode=700"]).mode != .kept)
        #expect(try mount("/a", "mqueue", []).mode != .kept)
    }
}
