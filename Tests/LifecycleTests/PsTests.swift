import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2, "needs root and cgroup2"), .timeLimit(.minutes(2)))
struct PsTests {
    private func pair() throws -> Container {
        let bundle = try Bundle()
        bundle.probe("spawn", "--", "wait")
        let container = try Container(bundle).running()
        _ = try container.output?.value()
        return container
    }

    @Test(arguments: [["-f", "json"], ["--format", "json"], ["--format=json"]])
    func `json is an array of the host's pids, and nothing else`(options: [String]) throws {
        let container = try pair()
        let outcome = try swiftrun(["ps"] + options + [container.id])
        #expect(outcome.status == 0)
        #expect(outcome.errorBytes.isEmpty)
        let pids = try outcome.json().array?.compactMap(\.integer) ?? []
        #expect(Set(pids) == Set(processes(inCgroup: container.bundle.cgroup)))
        #expect(pids.count == 2)
        #expect(pids.contains(try container.pid))
        #expect(outcome.output == "[\(pids.map(String.init).joined(separator: ","))]\n")
    }

    @Test func `processes in cgroups below count`() throws {
        let container = try pair()
        let child = "\(cgroupMount ?? "")/\(container.bundle.cgroup)/child"
        try Files.makeDirectory(child)
        try Files.write(child + "/cgroup.procs", "\(try container.pid)")
        let pids = try swiftrun("ps", "--format", "json", container.id).json().array ?? []
        #expect(pids.count == 2)
        #expect(pids.compactMap(\.integer).contains(try container.pid))
    }

    @Test func `the table is ps -ef of the container's processes`() throws {
        let container = try pair()
        let lines = try swiftrun("ps", container.id).output.split(separator: "\n")
        let header = try #require(lines.first).split(separator: " ")
        #expect(header.starts(with: ["UID", "PID", "PPID"]))
        #expect(Set(lines.dropFirst().compactMap { Int($0.split(separator: " ")[1]) }) == Set(processes(inCgroup: container.bundle.cgroup)))
    }

    @Test func `what follows the id is for ps`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try swiftrun("ps", "--format", "table", container.id, "-e", "-o", "comm,pid")
        #expect(outcome.output.split(separator: "\n").map { $0.split(separator: " ") } == [["COMMAND", "PID"], ["probe", "\(try container.pid)"]])
    }

    @Test func `a mistake in them is told as ps tells it`() throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("ps", container.id, "--no-such-option")
        #expect(outcome.status == 1)
        #expect(outcome.outputBytes.isEmpty)
        #expect(outcome.errors.contains("unknown gnu long option"))
        #expect(try swiftrun("ps", container.id, "-e", "-o", "comm").errors.contains("couldn't find PID field in ps output"))
    }

    @Test func `a container that has stopped has no processes`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        #expect(try swiftrun("ps", "--format", "json", container.id).output == "null\n")
        let table = try swiftrun("ps", container.id)
        #expect(table.status == 0)
        #expect(table.output.split(separator: "\n").count == 1)
    }

    @Test func `what is not known is told`() throws {
        let container = try Container(try waiting()).created()
        #expect(try swiftrun("ps", "ghost").errors.contains("container does not exist"))
        let outcome = try swiftrun("ps", "--format", "yaml", container.id)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("invalid format option"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc names the executable it looked for"))
    func `a host without ps is told`() throws {
        let container = try Container(try waiting()).created()
        let outcome = try swiftrun("ps", container.id, environment: ["PATH=/nowhere"])
        #expect(outcome.errors == "swiftrun: ps is not in PATH\n")
    }
}
