import JSON
import TestKit
import Testing

@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2 && UnderTest.isSwiftrun, "needs root and cgroup2; runc refuses hybrid hosts"),
    .timeLimit(.minutes(2)))
struct UpdateTests {
    private static let hasHugepages = Host.hasController("hugetlb") && !Files.entries("/sys/kernel/mm/hugepages").isEmpty

    /// Of its cgroup, on whichever kernel.
    private func file(_ container: Container, _ name: String) throws -> String {
        guard UnderTest.backend == .vm else { return Files.text("\(cgroupMount ?? "")/\(container.bundle.cgroup)/\(name)") }
        return try container.exec(probe: "cat", "/sys/fs/cgroup/\(container.id)/\(name)").answer("cat")["content"]?.string ?? ""
    }

    private func limit(_ bytes: Int) -> Value { ["hugepageLimits": [["pageSize": "2MB", "limit": Value(bytes)]]] }

    private func written(_ value: Value, _ container: Container) throws -> String {
        let path = container.bundle.scratch.directory + "/resources.json"
        try Files.write(path, value.text(.compact))
        return path
    }

    @Test(.enabled(if: hasHugepages, "needs the hugetlb controller"), arguments: [["-r"], ["--resources"]])
    func `new limits come from a file`(option: [String]) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun(["update"] + option + [try written(limit(4 << 20), container), container.id])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(try file(container, "hugetlb.2MB.max") == "\(4 << 20)\n")
    }

    @Test(.enabled(if: hasHugepages, "needs the hugetlb controller"), arguments: [["-r", "-"], ["--resources", "-"], ["--resources=-"]])
    func `new limits come from standard input`(options: [String]) throws {
        let container = try Container(try waiting()).running()
        let outcome = try swiftrun(["update"] + options + [container.id], input: .text(limit(6 << 20).text(.compact)))
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try file(container, "hugetlb.2MB.max") == "\(6 << 20)\n")
        #expect(try file(container, "hugetlb.2MB.rsvd.max") == "\(6 << 20)\n")
    }

    @Test(.enabled(if: hasHugepages, "needs the hugetlb controller"))
    func `a paused container is updated`() throws {
        let container = try Container(try waiting()).running()
        _ = try swiftrun("pause", container.id)
        #expect(try swiftrun("update", "-r", try written(limit(2 << 20), container), container.id).status == 0)
        #expect(try container.status() == "paused")
        _ = try swiftrun("resume", container.id)
        #expect(try file(container, "hugetlb.2MB.max") == "\(2 << 20)\n")
    }

    @Test(.enabled(if: hasHugepages, "needs the hugetlb controller"))
    func `when a limit is refused those before it are put back`() throws {
        let bundle = try waiting()
        bundle.set("/linux/resources/hugepageLimits", [["pageSize": "2MB", "limit": 8_388_608]])
        let container = try Container(bundle).created()
        var resources = limit(2 << 20)
        resources.set("/unified", ["hugetlb.2MB.rsvd.max": "nonsense"])
        let outcome = try swiftrun("update", "-r", try written(resources, container), container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("update \(container.id): resources: /unified/hugetlb.2MB.rsvd.max: the kernel refused"))
        #expect(outcome.errors.hasSuffix("; the limits are as they were\n"))
        #expect(try file(container, "hugetlb.2MB.max") == "8388608\n")
        #expect(try file(container, "hugetlb.2MB.rsvd.max") == "8388608\n")
    }

    @Test(.enabled(if: hasHugepages, "needs the hugetlb controller"))
    func `the JSON counts, and other options do not`() throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("update", "--pids-limit", "1", "-r", try written(limit(2 << 20), container), container.id)
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test(
        .enabled(if: !Host.hasController("memory"), "the controllers are there"),
        arguments: [
            (["--memory", "64m"], "/memory/limit", "memory"), (["--memory-reservation=1k"], "/memory/reservation", "memory"),
            (["--memory", "1g", "--memory-swap", "2g"], "/memory/swap", "memory"), (["--pids-limit", "3"], "/pids/limit", "pids"),
            (["--cpu-quota", "5000"], "/cpu/quota", "cpu"), (["--cpu-burst", "5000"], "/cpu/burst", "cpu"), (["--cpu-share", "2"], "/cpu/shares", "cpu"),
            (["--cpu-idle", "1"], "/cpu/idle", "cpu"), (["--cpuset-cpus", "0"], "/cpu/cpus", "cpuset"), (["--cpuset-mems", "0"], "/cpu/mems", "cpuset"),
            (["--blkio-weight", "100"], "/blockIO/weight", "io"),
        ] as [([String], String, String)])
    func `a limit without its controller is an error that names both`(options: [String], field: String, controller: String) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun(["update"] + options + [container.id])
        #expect(outcome.status == 1)
        let words = "swiftrun: update \(container.id): resources: \(field): the \(controller) controller is not available in "
        #expect(outcome.errors.hasPrefix(words), "\(outcome)")
    }

    @Test(arguments: [
        [], ["--memory", "-1"], ["--memory=-1"], ["--memory", "-1", "--memory-swap", "-1"], ["--pids-limit", "-1"], ["--cpu-quota", "-1"],
        ["--cpu-period", "50000"], ["--cpu-share", "1024"], ["--cpu-burst", "0"], ["--cpu-idle", "0"], ["--cpu-rt-period", "1"],
        ["--cpu-rt-runtime", "1"], ["--kernel-memory", "1m"], ["--kernel-memory-tcp", "1m"], ["--memory", ""], ["--memory", "0"],
    ])
    func `what the kernel does anyway, and what it has no more, needs no controller`(options: [String]) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun(["update"] + options + [container.id])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
    }

    @Test(arguments: [
        ("--memory", "5x", "invalid value for memory: invalid size: '5x'"), ("--memory-swap", "m", "invalid value for memory-swap: invalid size: 'm'"),
        ("--memory-reservation", "-2", "invalid value for memory-reservation: invalid size: '-2'"),
        ("--cpu-period", "-1", "invalid value for cpu-period: \"-1\" is not a number from 0 to"),
        ("--pids-limit", "many", "invalid value for pids-limit: \"many\" is not a number"), ("--cpu-idle", "2", "resources: /cpu/idle: must be 0 or 1, found 2"),
        ("--blkio-weight", "5", "resources: /blockIO/weight: must be 10 to 1000, found 5"),
        ("--memory-swap", "1g", "resources: /memory/swap: unable to set swap limit without memory limit"),
        ("--l3-cache-schema", "L3:0=f", "--l3-cache-schema: intelRdt is not supported"), ("--mem-bw-schema", "MB:0=20", "--mem-bw-schema: intelRdt is not supported"),
        ("--resources", "/nowhere", "--resources: open /nowhere: missing (ENOENT)"),
    ])
    func `a value that is none is told`(option: String, value: String, words: String) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("update", option, value, container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(words), "\(outcome)")
    }

    @Test(arguments: [
        ("{", "resources: "), ("[]", "resources: "), (#"{"memory": {"limit": "much"}}"#, "/memory/limit"), (#"{"unified": {"../x": "1"}}"#, "/unified"),
        (#"{"pids": {"limit": -2}}"#, "/pids/limit"),
    ])
    func `a document that is none is told with the place`(text: String, words: String) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("update", "--resources", "-", container.id, input: .text(text))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("resources") && outcome.errors.contains(words), "\(outcome)")
    }

    @Test(arguments: [false, true])
    func `device rules are never touched`(isAllowed: Bool) throws {
        let bundle = try Bundle()
        bundle.set("/root/readonly", false)
        for set in ["bounding", "effective", "permitted"] { bundle.append("/process/capabilities/\(set)", "CAP_MKNOD") }
        bundle.set("/linux/resources/devices", [["allow": .bool(isAllowed), "access": "rwm"]])
        // A number that no driver has is let through to ENXIO.
        bundle.probe("mknod", "/node", "b", "1", "99", "--", "open", "/node", "rw")
        let container = try Container(bundle).created()
        let rules: Value = ["devices": [["allow": .bool(!isAllowed), "access": "rwm"]]]
        #expect(try swiftrun("update", "-r", try written(rules, container), container.id).status == 0)
        try container.start()
        #expect(try container.outcome().answer("open")["errno"]?.string == (isAllowed ? "ENXIO" : "EPERM"))
    }

    @Test func `a container that has stopped is not updated`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let outcome = try swiftrun("update", "--memory", "1g", container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("container not running"))
        #expect(try swiftrun("update", "--memory", "1g", "ghost").errors.contains("container does not exist"))
    }
}
