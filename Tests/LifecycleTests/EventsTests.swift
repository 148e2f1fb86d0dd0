import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2, "needs root and cgroup2"), .timeLimit(.minutes(2)))
struct EventsTests {
    /// `events` at work on a container.
    private func watch(_ container: Container, _ options: String...) throws -> (Program, Stream) {
        let scratch = container.bundle.scratch
        let output = try Descriptor.pipe()
        let program = try Program(
            Program.Request(
                UnderTest.view.command([UnderTest.binary, "--root", scratch.root, "events"] + options + [container.id]),
                environment: scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        return (program, Stream(output.read))
    }

    /// Whether the process `pid` has both the container's cgroup and its init open.
    private func watches(_ pid: Int32, _ container: Container) -> Bool {
        let links = Files.entries("/proc/\(pid)/fd").compactMap { Files.target(ofLink: "/proc/\(pid)/fd/\($0)") }
        return links.contains { $0.hasSuffix(container.bundle.cgroup) } && links.contains { $0.contains("pidfd") }
    }

    /// Every member, by its pointer, except such as older runcs do not have.
    private func members(_ value: Value, _ pointer: String = "") -> [String] {
        guard case .object(let members) = value else { return [pointer] }
        return members.filter { $0.key != "psi" }.flatMap { self.members($0.value, "\(pointer)/\($0.key)") } + [pointer]
    }

    @Test func `stats is one line, with what the container has used`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try swiftrun("events", "--stats", container.id)
        #expect(outcome.status == 0)
        #expect(outcome.errorBytes.isEmpty)
        #expect(outcome.output.filter { $0 == "\n" }.count == 1)
        let event = try outcome.json()
        #expect(event["type"]?.string == "stats")
        #expect(event["id"]?.string == container.id)
        let lines = Files.text("\(cgroupMount ?? "")/\(container.bundle.cgroup)/cpu.stat").split(separator: "\n")
        let used = try #require(lines.first { $0.hasPrefix("usage_usec ") }?.split(separator: " ").last.flatMap { UInt64($0) })
        let told = try #require(event.at("/data/cpu/usage/total")?.unsigned)
        #expect(told > 0 && told <= used * 1000)
        #expect(event.at("/data/pids/current")?.integer == 1)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun && Files.exists("/usr/sbin/runc"), "needs runc to compare with"))
    func `its members are those of runc, in the same order`() throws {
        let container = try Container(try waiting())
        #expect(try container.create(view: .pure).status == 0)
        let own = Result { try swiftrun("events", "--stats", container.id, view: .pure).json() }
        #expect(try swiftrun("delete", container.id, view: .pure).status == 0)

        let bundle = try waiting()
        try bundle.save()
        let runc = ["/usr/sbin/runc", "--root", bundle.scratch.directory + "/runc"]
        func run(_ words: String...) throws -> Outcome {
            try execute(
                CgroupView.pure.command(runc + words), environment: bundle.scratch.environment,
                output: words[0] == "create" ? .null : .captured)
        }
        #expect(try run("create", "--bundle", bundle.path, "x").status == 0)
        let theirs = Result { try run("events", "--stats", "x").json() }
        #expect(try run("delete", "--force", "x").status == 0)
        #expect(members(try own.get()) == members(try theirs.get()))
    }

    @Test(.enabled(if: Files.exists("/proc/pressure/cpu") && UnderTest.isSwiftrun, "needs pressure, which runc 1.1 does not tell"))
    func `pressure is told where the kernel tells it`() throws {
        let container = try Container(try waiting()).running()
        let event = try swiftrun("events", "--stats", container.id).json()
        for pointer in ["/data/cpu/psi", "/data/memory/psi", "/data/blkio/psi"] {
            for kind in ["some", "full"] {
                let stall = try #require(event.at("\(pointer)/\(kind)"))
                #expect(stall.keys == ["avg10", "avg60", "avg300", "total"])
            }
        }
    }

    @Test(.enabled(if: Host.hasController("hugetlb"), "needs the hugetlb controller"))
    func `huge pages are told by size`() throws {
        let bundle = try waiting()
        bundle.set("/linux/resources/hugepageLimits", [["pageSize": "2MB", "limit": 0]])
        let container = try Container(bundle).created()
        let event = try swiftrun("events", "--stats", container.id).json()
        #expect(event.at("/data/hugetlb/2MB/failcnt")?.integer == 0)
    }

    @Test func `usage comes at each interval, until the container ends`() throws {
        let container = try Container(try waiting()).running()
        let (program, output) = try watch(container, "--interval", "20ms")
        for _ in 0..<3 { #expect(try output.value()["type"]?.string == "stats") }
        try container.kill("KILL")
        #expect(try program.wait() == .exited(0))
    }

    @Test func `the end is told without waiting for the interval`() throws {
        let container = try Container(try waiting()).running()
        let (program, output) = try watch(container, "--interval=1h")
        // Killed before it is watched, it would be one that is not running.
        let deadline = Deadline.usual
        while !watches(program.pid, container) && !deadline.hasPassed {}
        try container.kill("KILL")
        #expect(try program.wait() == .exited(0))
        #expect(try output.rest().isEmpty)
    }

    @Test func `a paused container has events, too`() throws {
        let container = try Container(try waiting()).created()
        _ = try swiftrun("pause", container.id)
        let (program, output) = try watch(container, "--interval", "10ms")
        #expect(try output.value()["type"]?.string == "stats")
        #expect(try container.delete("--force").status == 0)
        #expect(try program.wait() == .exited(0))
    }

    @Test func `a container that has stopped has none`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        for options in [[], ["--stats"]] {
            let outcome = try swiftrun(["events"] + options + [container.id])
            #expect(outcome.status == 1)
            #expect(outcome.outputBytes.isEmpty)
            #expect(outcome.errors.contains("container with id \(container.id) is not running"))
        }
        #expect(try swiftrun("events", "ghost").errors.contains("container does not exist"))
    }

    @Test(arguments: ["0", "0s", "-1s"])
    func `an interval has to be some time`(interval: String) throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("events", "--interval", interval, container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("duration interval must be greater than 0"))
    }
}
