import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct StartTests {
    @Test func `start runs the program and says nothing`() throws {
        let container = try Container(try waiting()).created()
        let outcome = try container.start()
        #expect(outcome.status == 0)
        #expect(outcome.outputBytes.isEmpty && outcome.errorBytes.isEmpty)
        #expect(try container.status() == "running")
        #expect(try container.output?.value()["action"]?.string == "waiting")
        try container.kill("TERM")
        #expect(try container.end() == .exited(0))
    }

    @Test func `a running container cannot be started`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot start an already running container"))
        #expect(try container.status() == "running", "the refusal has no effect")
    }

    @Test func `a stopped container cannot be started`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "0")
        let container = try Container(bundle).created()
        try container.start()
        _ = try container.end()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("cannot start a container that has stopped"))
    }

    @Test func `a container that was never created cannot be started`() throws {
        let outcome = try swiftrun("start", "ghost")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("container does not exist"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's start does not wait for execve"))
    func `start tells that the program is gone`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["/bin/late"])
        try Files.copy(ProbeBinary.path, to: bundle.rootfs + "/bin/late", mode: 0o755)
        let container = try Container(bundle).created()
        try Files.remove(bundle.rootfs + "/bin/late")
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/bin/late"))
        #expect(outcome.errors.lowercased().contains("no such file or directory"))
        _ = try container.end()
        #expect(try container.status() == "stopped")
        #expect(try container.delete().status == 0)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's start does not wait for execve"))
    func `start tells that the interpreter is missing`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["/bin/script"])
        try Files.write(bundle.rootfs + "/bin/script", "#!/no/such/interpreter\n", mode: 0o755)
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("/bin/script"))
        #expect(outcome.errors.lowercased().contains("no such file or directory"))
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc's start does not wait for execve"))
    func `start tells that the file is no program`() throws {
        let bundle = try Bundle()
        bundle.set("/process/args", ["/bin/text"])
        try Files.write(bundle.rootfs + "/bin/text", "plain text", mode: 0o755)
        let container = try Container(bundle).created()
        let outcome = try container.start()
        #expect(outcome.status == 1)
        #expect(outcome.errors.lowercased().contains("exec format error"))
        #expect(try container.status() == "stopped", "docker deletes it at once, and leaves what it takes for running")
        #expect(try container.delete().status == 0)
    }

    @Test func `of several starts at once one succeeds`() async throws {
        let container = try Container(try waiting()).created()
        let id = container.id
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 { group.addTask { try swiftrun("start", id).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [0, 1, 1, 1])
        #expect(try container.status() == "running")
    }
}
