import JSON
import TestKit
import Testing

// Calls for one container at the same time, and calls that are killed: one of them wins, and nothing is left of the others.
@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Host.hasCgroup2 && UnderTest.isSwiftrun, "needs root and cgroup2; runc locks nothing"),
    .timeLimit(.minutes(2)))
struct RaceTests {
    /// A create that has stopped in a hook of `kind`.
    func halted(_ kind: String, _ change: (Bundle) -> Void = { _ in }) throws -> (bundle: Bundle, halt: Halt, id: String, create: Call) {
        let bundle = try waiting()
        change(bundle)
        let halt = try Halt(bundle, kind)
        try bundle.save()
        let id = bundle.scratch.unique("box")
        let create = try Call(["create", "--bundle", bundle.path, "--pid-file", bundle.path + "/pid", id])
        try halt.wait()
        return (bundle, halt, id, create)
    }

    func cgroup(_ bundle: Bundle) -> String { (cgroupMount ?? "") + "/" + bundle.cgroup }

    @Test(arguments: ["prestart", "createRuntime", "createContainer"], ["delete", "delete --force"])
    func `a create that is killed is taken back by delete, its cgroup too`(kind: String, verb: String) throws {
        let (bundle, halt, id, create) = try halted(kind)
        #expect(Files.exists(cgroup(bundle)))
        create.program.send(9)
        #expect(try create.end() == .killed(signal: 9))
        #expect(!Files.exists(bundle.path + "/pid"))
        let again = try swiftrun("create", "--bundle", bundle.path, id)
        #expect(again.errors.contains("container with given ID already exists"), "\(again)")
        // A hook of the runtime's own namespaces is nobody's now; one of the container's died with its pid namespace.
        if kind != "createContainer" { try halt.release() }

        let outcome = try swiftrun(verb.split(separator: " ").map(String.init) + [id])
        #expect(outcome.status == (verb == "delete" ? 1 : 0), "\(outcome)")
        if verb == "delete" { #expect(outcome.errors == "swiftrun: container does not exist\n") }
        #expect(!Files.exists(cgroup(bundle)))
        #expect(Files.entries(bundle.scratch.root) == [])
        bundle.remove("/hooks")
        try bundle.save()
        #expect(try swiftrun("create", "--bundle", bundle.path, id, output: .null).status == 0, "the name is free again")
    }

    @Test func `a process that a killed create has left goes too`() throws {
        // A hook of the container's namespaces, which without a pid namespace of its own outlives the init.
        let (bundle, _, id, create) = try halted("createContainer") { $0.namespace("pid", nil) }
        create.program.send(9)
        _ = try create.end()
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(!Files.exists(cgroup(bundle)))
    }

    @Test func `poststop hooks of a killed create run`() throws {
        let (bundle, halt, id, create) = try halted("createRuntime") { bundle in
            bundle.set("/hooks/poststop", [["path": .string(ProbeBinary.path), "args": ["probe", "create", .string(bundle.path + "/stopped"), "x"]]])
        }
        create.program.send(9)
        _ = try create.end()
        try halt.release()
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(Files.text(bundle.path + "/stopped") == "x")
    }

    @Test func `while a container is made it is not there for others, and its name is taken`() throws {
        let (bundle, halt, id, create) = try halted("createRuntime")
        for verb in [["state", id], ["kill", id, "9"], ["pause", id], ["ps", id], ["exec", id, "true"]] {
            let outcome = try swiftrun(verb)
            #expect(outcome.errors.hasSuffix("container does not exist\n"), "\(verb): \(outcome)")
        }
        let second = try swiftrun("create", "--bundle", bundle.path, id)
        #expect(second.errors == "swiftrun: container with given ID already exists\n")
        try halt.release()
        #expect(try create.end() == .exited(0))
        #expect(try swiftrun("state", id).json()["status"]?.string == "created")
    }

    @Test func `delete waits for a create and deletes what it has made`() throws {
        let (bundle, halt, id, create) = try halted("createContainer")
        let delete = try Call(["delete", id])
        try waitForLock(delete)
        try halt.release()
        #expect(try create.end() == .exited(0))
        let error = try delete.error()
        #expect(try delete.end() == .exited(0), "\(error)")
        #expect(!Files.exists(cgroup(bundle)))
    }

    @Test func `delete by force ends a create that hangs`() throws {
        let (bundle, _, id, create) = try halted("createContainer")
        #expect(try swiftrun("delete", "--force", id).status == 0)
        #expect(try create.end() == .exited(1))
        let error = try create.error()
        #expect(error.contains("SIGKILL"), "\(error)")
        #expect(!Files.exists(cgroup(bundle)))
        #expect(Files.entries(bundle.scratch.root) == [])
    }

    @Test func `delete by force ends a start that hangs`() throws {
        let bundle = try waiting()
        let halt = try Halt(bundle, "startContainer")
        let container = try Container(bundle).created()
        let start = try Call(["start", container.id])
        try halt.wait()
        #expect(try container.delete("--force").status == 0)
        #expect(try start.end() == .exited(1))
        #expect(try start.error() == "container init ended before it executed its program")
        #expect(!Files.exists(cgroup(bundle)))
    }

    @Test func `what hangs in one container holds up no other`() throws {
        let (_, halt, _, create) = try halted("createRuntime")
        let other = try Container(try waiting()).running()
        #expect(try swiftrun("list", "--quiet").output.contains(other.id))
        #expect(try other.kill("KILL").status == 0)
        _ = try other.end()
        #expect(try other.delete().status == 0)
        try halt.release()
        #expect(try create.end() == .exited(0))
    }

    @Test func `of several deletes at once one succeeds`() async throws {
        for _ in 0..<5 {
            let container = try Container(try waiting()).created()
            let id = container.id
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for _ in 0..<6 { group.addTask { try swiftrun("delete", id) } }
                return try await group.reduce(into: [Outcome]()) { $0.append($1) }
            }
            #expect(outcomes.map(\.status).sorted() == [0, 1, 1, 1, 1, 1])
            #expect(outcomes.allSatisfy { $0.status == 0 || $0.errors == "swiftrun: container does not exist\n" })
        }
    }

    @Test func `of several deletes by force all succeed`() async throws {
        for _ in 0..<5 {
            let container = try Container(try waiting()).running()
            let id = container.id
            let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<6 { group.addTask { try swiftrun("delete", "--force", id).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test func `an exec that meets a delete runs or says why not`() async throws {
        for _ in 0..<10 {
            let container = try Container(try waiting()).running()
            let id = container.id
            let outcomes = try await withThrowingTaskGroup(of: Outcome?.self) { group in
                for _ in 0..<3 { group.addTask { try swiftrun("exec", id, "/bin/probe", "exit", "0") } }
                group.addTask {
                    let outcome = try swiftrun("delete", "--force", id)
                    #expect(outcome.status == 0, "\(outcome)")
                    return nil
                }
                var outcomes: [Outcome] = []
                for try await outcome in group { if let outcome { outcomes.append(outcome) } }
                return outcomes
            }
            for outcome in outcomes {
                // Executed, killed with the container, or refused.
                #expect([0, 137, 255].contains(outcome.status), "\(outcome)")
                if outcome.status == 255 { #expect(outcome.errors.hasPrefix("swiftrun: exec failed: "), "\(outcome)") }
            }
            #expect(container.bundle.scratch.leftovers().filter { !$0.hasPrefix("process: ") } == [])
        }
    }

    @Test func `start, kill and delete in any order leave nothing`() async throws {
        for _ in 0..<10 {
            let container = try Container(try waiting()).created()
            let id = container.id
            let calls = [["start", id], ["kill", id, "KILL"], ["delete", "--force", id], ["state", id], ["pause", id], ["resume", id]]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for words in calls {
                    group.addTask {
                        let outcome = try swiftrun(words)
                        #expect([0, 1].contains(outcome.status), "\(words): \(outcome)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try swiftrun("delete", "--force", id).status == 0)
        }
    }

    /// Until the call waits for a lock that somebody else has.
    func waitForLock(_ call: Call) throws {
        let deadline = Deadline.usual
        while !Files.text("/proc/locks").split(separator: "\n").contains(where: { $0.contains("-> FLOCK") && $0.contains(" \(call.program.pid) ") }) {
            guard !deadline.hasPassed else { throw Failure("waited for the call to wait") }
        }
    }
}
