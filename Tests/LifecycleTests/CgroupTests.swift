import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2, "needs root and cgroup2"), .timeLimit(.minutes(2)))
struct CgroupTests {
    func path(_ bundle: Bundle) -> String { "\(cgroupMount ?? "")/\(bundle.cgroup)" }

    @Test(arguments: [CgroupView.host, .pure])
    func `the process is in cgroupsPath`(view: CgroupView) throws {
        let bundle = try waiting()
        let container = try Container(bundle)
        #expect(try container.create(view: view).status == 0)
        #expect(Files.text(path(bundle) + "/cgroup.procs") == "\(try container.pid)\n")
        #expect(Files.text("/proc/\(try container.pid)/cgroup").contains("0::/\(bundle.cgroup)\n"))
        #expect(try swiftrun("delete", "--force", container.id, view: view).status == 0)
        #expect(!Files.exists(path(bundle)))
    }

    @Test func `a nested path is made and the container's own part removed`() throws {
        let bundle = try waiting()
        let parent = bundle.scratch.unique("cgroup")
        bundle.set("/linux/cgroupsPath", .string("/\(parent)/inner/leaf"))
        let container = try Container(bundle).created()
        let mount = try #require(cgroupMount)
        #expect(Files.text("\(mount)/\(parent)/inner/leaf/cgroup.procs") == "\(try container.pid)\n")
        try container.delete("--force")
        #expect(!Files.exists("\(mount)/\(parent)/inner/leaf"))
        for path in ["\(parent)/inner", parent] { removeCgroup("\(mount)/\(path)") }
    }

    @Test func `children that the container made go with it`() throws {
        let bundle = try waiting()
        let container = try Container(bundle).running()
        try Files.makeDirectory(path(bundle) + "/child/grandchild")
        try container.kill("KILL")
        _ = try container.end()
        #expect(try container.delete().status == 0)
        #expect(!Files.exists(path(bundle)))
    }

    /// In a cgroup of its own that it may write to, a container makes what it likes: as deep, and of names that are no text.
    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 goes by paths, whose length has a limit"))
    func `whatever children the container made go with it, and are seen until then`() throws {
        let bundle = try waiting()
        let container = try Container(bundle).running()
        let script = """
            import os, sys
            os.chdir(sys.argv[1])
            for depth in range(1500):
                os.mkdir(b"\\xff"), os.mkdir("n"), os.chdir("n")
            os.mkdir(b"\\xfe")
            with open(b"\\xfe/cgroup.procs", "w") as file: file.write(sys.argv[2])
            """
        #expect(try execute(["python3", "-c", script, path(bundle), "\(try container.pid)"]).status == 0)
        // With as many descriptors as an engine may leave it.
        let limited = { (words: [String]) throws in
            try execute(
                ["sh", "-c", #"ulimit -n 64; exec "$0" "$@""#, UnderTest.binary, "--root", bundle.scratch.root] + words,
                environment: bundle.scratch.environment)
        }
        let list = try limited(["ps", "--format", "json", container.id])
        #expect(try list.json().array?.contains(Value(try container.pid)) == true, "\(list)")
        try container.kill("KILL")
        _ = try container.end()
        let delete = try limited(["delete", container.id])
        #expect(delete.status == 0, "\(delete)")
        #expect(!Files.exists(path(bundle)))
    }

    @Test func `a cgroup with somebody in it is refused`() throws {
        let holder = try HeldNamespaces("uts")
        let bundle = try waiting()
        try Files.makeDirectory(path(bundle))
        try Files.write(path(bundle) + "/cgroup.procs", "\(holder.pid)")
        let outcome = try Container(bundle).create()
        // runc 1.1 joins him.
        if UnderTest.isSwiftrun {
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("container's cgroup is not empty: 1 process(es) found"))
            #expect(Files.exists("/proc/\(holder.pid)"))
        }
        try Files.write((cgroupMount ?? "") + "/cgroup.procs", "\(holder.pid)")
        removeCgroup(path(bundle))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 thaws it"))
    func `a frozen cgroup is refused`() throws {
        let bundle = try waiting()
        try Files.makeDirectory(path(bundle))
        try Files.write(path(bundle) + "/cgroup.freeze", "1")
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("frozen"))
        removeCgroup(path(bundle))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 removes it"))
    func `an empty cgroup that stood before is used`() throws {
        let bundle = try waiting()
        try Files.makeDirectory(path(bundle))
        let container = try Container(bundle).running()
        #expect(Files.text(path(bundle) + "/cgroup.procs") == "\(try container.pid)\n")
        try container.delete("--force")
        if Files.exists(path(bundle)) { removeCgroup(path(bundle)) }
    }

    @Test func `the same path always leads to the same place, relative or not`() throws {
        let bundle = try waiting()
        let name = bundle.cgroup
        bundle.set("/linux/cgroupsPath", .string(name))
        let container = try Container(bundle).created()
        let place = Files.text("/proc/\(try container.pid)/cgroup").split(separator: "\n").first { $0.hasPrefix("0::") }
        #expect(place?.hasSuffix("/" + name) == true)
    }

    @Test(arguments: ["/../escape", "a/../../../b"])
    func `dots lead nowhere above the mount`(value: String) throws {
        let bundle = try waiting()
        bundle.set("/linux/cgroupsPath", .string(value + bundle.scratch.unique("dots")))
        let container = try Container(bundle)
        let outcome = try container.create()
        if outcome.status == 0 {
            #expect(!Files.text("/proc/\(try container.pid)/cgroup").contains(".."))
            try container.delete("--force")
        }
    }

    @Test func `without a path the container has a cgroup of its own`() throws {
        let bundle = try waiting()
        bundle.remove("/linux/cgroupsPath")
        let container = try Container(bundle).created()
        let place = Files.text("/proc/\(try container.pid)/cgroup").split(separator: "\n").first { $0.hasPrefix("0::") }
        #expect(place?.contains(container.id) == true)
        try container.delete("--force")
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 leaves the rest and the cgroup"))
    func `a stopped container's cgroup goes with delete, whoever is left in it`() throws {
        let bundle = try Bundle()
        bundle.probe("spawn", "--", "wait")
        bundle.namespace("pid", nil)
        let container = try Container(bundle).running()
        #expect(processes(inCgroup: bundle.cgroup).count == 2)
        try container.delete("--force")
        #expect(processes(inCgroup: bundle.cgroup) == [])
        #expect(!Files.exists(path(bundle)))
    }

    @Test(
        .enabled(if: UnderTest.isSwiftrun && !Host.hasController("memory"), "the memory controller is there, or it is runc, which ignores it"),
        arguments: [
            ("/memory/limit", 64 << 20, "memory"), ("/memory/reservation", 1 << 20, "memory"), ("/pids/limit", 100, "pids"), ("/cpu/quota", 10_000, "cpu"),
            ("/cpu/shares", 512, "cpu"),
        ] as [(String, Int, String)])
    func `a limit without its controller is an error that names the field`(pointer: String, value: Int, controller: String) throws {
        let bundle = try waiting()
        bundle.set("/linux/resources" + pointer, Value(value))
        let outcome = try Container(bundle).create()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("resources" + pointer) || outcome.errors.contains("resources" + pointer.split(separator: "/").map { "." + $0 }.joined()))
        #expect(outcome.errors.contains(controller))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc writes them"), arguments: [
        #"{"memory": {"limit": -1}}"#, #"{"pids": {"limit": -1}}"#, #"{"cpu": {"shares": 1024}}"#, #"{"cpu": {"quota": -1}}"#, #"{"memory": {}, "cpu": {}}"#,
        #"{"memory": {"limit": -1, "swap": -1}, "cpu": {"shares": 1024}, "pids": {"limit": -1}}"#, #"{"blockIO": {}}"#, #"{"hugepageLimits": []}"#, "{}",
    ])
    func `what the kernel does anyway needs no controller`(resources: String) throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        bundle.set("/linux/resources", try Value(json: resources))
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test(.enabled(if: Host.hasController("hugetlb") && UnderTest.isSwiftrun, "needs the hugetlb controller"))
    func `a huge page limit is written or refused by name`() throws {
        let bundle = try waiting()
        bundle.set("/linux/resources/hugepageLimits", [["pageSize": "2MB", "limit": 4_194_304]])
        let container = try Container(bundle)
        let outcome = try container.create()
        if outcome.status == 0 {
            #expect(Files.text(path(bundle) + "/hugetlb.2MB.max") == "4194304\n")
        } else {
            #expect(outcome.errors.contains("hugepageLimits"))
        }
    }

    @Test func `the cgroup filesystem is mounted as asked`() throws {
        let bundle = try Bundle()
        bundle.namespace("cgroup", "")
        bundle.probe("report", "--", "cat", "/sys/fs/cgroup/cgroup.procs", "--", "mkdir", "/sys/fs/cgroup/inner")
        let outcome = try bundle.run(view: .pure)
        let mount = try #require(try outcome.report().mount(at: "/sys/fs/cgroup"))
        #expect(mount.type == "cgroup2")
        #expect(mount.options.contains("ro"))
        #expect(try outcome.answer("cat")["content"]?.string == "1\n", "the container's own cgroup is the root")
        #expect(try outcome.answer("mkdir")["errno"]?.string == "EROFS")
    }
}

/// Empty cgroups that a test itself made.
func removeCgroup(_ path: String) { _ = try? execute(["rmdir", path]) }
