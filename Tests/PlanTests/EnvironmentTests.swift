import Plan
import Spec
import Steps
import Testing

@Suite struct EnvironmentTests {
    private func program(_ trial: Trial) throws -> ProgramStep {
        try #require(try trial.first { if case .execute(let step) = $0 { step } else { nil } })
    }

    private func environment(_ variables: [String], _ change: (inout Trial) -> Void = { _ in }) throws -> [String] {
        try program(
            Trial {
                $0.process.environment = variables
                change(&$0)
            }
        ).environment.strings
    }

    @Test func `of several settings the last holds`() throws {
        #expect(try environment(["HOME=/", "A=1", "B=2", "A=3", "A=", "B=4=5"]) == ["HOME=/", "A=", "B=4=5"])
    }

    @Test func `names are whole and case counts`() throws {
        #expect(try environment(["HOME=/", "A=1", "AB=2", "a=3"]) == ["HOME=/", "A=1", "AB=2", "a=3"])
    }

    // runc: HOME comes from the container's /etc/passwd when it is missing or empty.
    @Test(arguments: [[], ["A=1"], ["HOME="], ["HOME=/x", "HOME="]])
    func `a missing home is looked up`(variables: [String]) throws {
        let trial = Trial {
            $0.process.environment = variables
            $0.process.user.uid = 12
        }
        #expect(try trial.lines().contains("find home of uid 12"))
        #expect(try program(trial).environment.strings.filter { $0.hasPrefix("HOME=") } == ["HOME=/"])
    }

    @Test func `a home that is given is kept`() throws {
        #expect(try !Trial().lines().contains { $0.hasPrefix("find home") })
        #expect(try environment(["HOME=/x"]) == ["HOME=/x"])
    }

    @Test func `the room for a home is large enough for any path`() throws {
        let trial = Trial { $0.process.environment = [] }
        let room = try trial.first { if case .findHome(_, let room) = $0 { room } else { nil } }
        #expect((try #require(room)).count > 5 + 4096 - 1)
    }

    @Test(arguments: ["/bin/sh", "./sh", "bin/sh", "../sh"]) func `a name with a slash is a path`(name: String) throws {
        #expect(try program(Trial { $0.process.arguments = [name] }).candidates.strings == [name])
    }

    @Test func `another is looked up in the path of the container, in order`() throws {
        let trial = Trial {
            $0.process.arguments = ["sh", "-c", ""]
            $0.process.environment = ["PATH=/sbin:/bin", "PATH=/usr/bin:/bin:.::rel:/opt/"]
        }
        let step = try program(trial)
        #expect(step.candidates.strings == ["/usr/bin/sh", "/bin/sh", "/opt//sh"])
        #expect(step.arguments.strings == ["sh", "-c", ""])
        #expect("\(step.name)" == "sh")
    }

    @Test(arguments: [[], ["PATH="], ["PATH=rel:."]]) func `without a path nothing is found`(variables: [String]) throws {
        let trial = Trial {
            $0.process.arguments = ["sh"]
            $0.process.environment = variables
        }
        #expect(try program(trial).candidates.strings.isEmpty)
    }

    @Test func `the program that is found is the one that is executed`() throws {
        let plan = try Trial {
            $0.process.arguments = ["sh"]; $0.process.environment = ["PATH=/bin"]
        }.plan()
        let found = plan.steps.compactMap { if case .findProgram(let step) = $0 { step.candidates.strings } else { nil } }
        #expect(found == [["/bin/sh"]])
    }

    // sd_listen_fds(3): the pid is the program's, which is the first of its pid namespace.
    @Test func `descriptors of socket activation are told to the program`() throws {
        let variables = try environment(["HOME=/", "LISTEN_FDS=9", "LISTEN_PID=4711"]) {
            $0.request.listenDescriptors = 2
            $0.request.preservedDescriptors = 3
        }
        #expect(variables == ["HOME=/", "LISTEN_FDS=2", "LISTEN_PID=1"])
        #expect(try environment(["HOME=/", "LISTEN_FDS=9"]) == ["HOME=/", "LISTEN_FDS=9"], "without them nothing is touched")
    }
}
