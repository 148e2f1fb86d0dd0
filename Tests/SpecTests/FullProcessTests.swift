import JSON
import Spec
import Testing

/// What the process of full.json says, field by field.
@Suite struct FullProcessTests {
    let process: Process

    init() throws {
        let document = try parse(Fixture.bytes("config/good/full.json"))
        process = try Process(json: #require(document["process"]), at: "process.json")
    }

    @Test func `what runs and as whom is read`() {
        #expect(process.hasTerminal)
        #expect(process.consoleSize == ConsoleSize(height: 24, width: 80))
        #expect(process.user.uid == 1000)
        #expect(process.user.gid == 1001)
        #expect(process.user.umask == 0o077)
        #expect(process.user.additionalGids == [5, 4_294_967_294])
        #expect(process.arguments == ["/bin/sh", "-c", ""])
        #expect(process.environment == ["PATH=/bin", "EMPTY=", "EQUALS=a=b"])
        #expect(process.workingDirectory == "/home")
    }

    @Test func `rights and limits are read`() {
        #expect(process.capabilities?.bounding == ["CAP_CHOWN", "CAP_KILL"])
        #expect(process.capabilities?.effective == ["CAP_KILL"])
        #expect(process.capabilities?.inheritable == [])
        #expect(process.capabilities?.permitted == ["CAP_KILL", "CAP_UNHEARD_OF"])
        #expect(process.capabilities?.ambient == [])
        #expect(process.rlimits == [Rlimit(resource: .nofile, soft: 1024, hard: 4096), Rlimit(resource: .core, soft: .max, hard: .max)])
        #expect(process.hasNoNewPrivileges)
        #expect(process.apparmorProfile == "box-profile")
        #expect(process.selinuxLabel == "system_u:system_r:svirt_lxc_net_t:s0:c124,c675")
        #expect(process.oomScoreAdj == -1000)
    }

    @Test func `scheduling is read`() {
        #expect(process.scheduler?.policy == .deadline)
        #expect(process.scheduler?.runtime == 100_000)
        #expect(process.scheduler?.deadline == 200_000)
        #expect(process.scheduler?.period == 300_000)
        // SCHED_FLAG_RESET_ON_FORK and SCHED_FLAG_RECLAIM (linux/sched.h).
        #expect(process.scheduler?.flags == 3)
        #expect(process.ioPriority == IOPriority(.bestEffort, priority: 7))
        #expect(process.execCPUAffinity?.initial == "0-3, 7")
        #expect(process.execCPUAffinity?.final == "1")
    }

    @Test func `a process file is named in its errors`() {
        let error = #expect(throws: SpecError.self) { try Process(json: ["args": ["sh"]], at: "process.json") }
        #expect(error?.description == "process.json: /cwd: is required")
    }
}
