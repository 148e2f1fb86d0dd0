import Plan
import Spec
import Steps
import Testing

@Suite struct IdentityTests {
    private var filtered: Trial {
        Trial {
            $0.request.filter = FilterProgram(instructions: [UInt8](repeating: 0, count: 24), flags: 2, hasListener: false)
            $0.process.capabilities = Capabilities()
            $0.process.user.uid = 1000
            $0.process.user.gid = 100
            $0.process.user.additionalGids = [5, 6]
            $0.process.apparmorProfile = "profile"
            $0.facts.hasAppArmor = true
        }
    }

    private let identity = [
        "limit bounding set to 0x0", "keep capabilities over the change of user", "give standard streams to uid 1000",
        "set 2 supplementary groups",
        "become uid 1000, gid 100", "set capabilities effective 0x0, permitted 0x0, inheritable 0x0", "raise ambient capabilities 0x0",
        "enter working directory / as the user", "find program /bin/true",
    ]

    /// From the first of the steps that make the process what it is to the gate.
    private func ending(_ trial: Trial) throws -> [String] {
        let lines = try trial.lines()
        let start = try #require(lines.firstIndex(of: "set umask 022"))
        return Array(lines[start...])
    }

    // Without no_new_privs loading takes CAP_SYS_ADMIN, which the identity gives away.
    @Test func `the filter comes before the identity`() throws {
        #expect(
            try ending(filtered) == [
                "set umask 022", "enter working directory /", "label the program exec profile", "close descriptors from 3 on",
                "reset signals",
                "outlive parent", "load seccomp filter of 3 instructions",
            ] + identity + ["await record", "wait for start", "tell start", "exec [\"/bin/true\"]"])
    }

    @Test func `with no_new_privs it comes after it, right before the gate`() throws {
        var trial = filtered
        trial.process.hasNoNewPrivileges = true
        #expect(
            try ending(trial) == [
                "set umask 022", "enter working directory /", "label the program exec profile", "set no_new_privs",
                "close descriptors from 3 on",
                "reset signals", "outlive parent",
            ] + identity + ["load seccomp filter of 3 instructions", "await record", "wait for start", "tell start", "exec [\"/bin/true\"]"])
    }

    @Test func `no filter, no step`() throws {
        #expect(try !Trial().lines().contains { $0.contains("seccomp") })
    }

    @Test func `the filter keeps its bytes, flags and listener`() throws {
        var trial = Trial()
        trial.request.filter = FilterProgram(instructions: [1, 2, 3, 4, 5, 6, 7, 8], flags: 8, hasListener: true)
        let step = try #require(try trial.first { if case .loadFilter(let step) = $0 { step } else { nil } })
        #expect(bytes(step.program) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(step.flags == 8 && step.listener == .sent)
        trial.request.filter?.hasListener = false
        #expect(try trial.first { if case .loadFilter(let step) = $0 { step.listener } else { nil } } == FilterStep.Listener.none)
    }

    @Test func `groups are set even when there are none, so that the caller's go`() throws {
        #expect(try Trial().lines().contains("set 0 supplementary groups"))
    }

    @Test func `group ids are whole`() throws {
        let step = try filtered.first { if case .setGroups(let groups, let count) = $0 { (bytes(groups), count) } else { nil } }
        #expect(step?.0 == [5, 0, 0, 0, 6, 0, 0, 0] && step?.1 == 2)
    }

    @Test func `a group that is given twice is set once`() throws {
        var trial = Trial()
        trial.process.user.additionalGids = [6, 5, 6]
        let step = try trial.first { if case .setGroups(let groups, let count) = $0 { (bytes(groups), count) } else { nil } }
        #expect(step?.0 == [6, 0, 0, 0, 5, 0, 0, 0] && step?.1 == 2)
    }

    // user_namespaces(7): an ordinary user maps his own group only after giving up setgroups(2).
    @Test func `where setgroups is denied it is not called, and groups are an error`() throws {
        let own = Trial {
            $0.namespace(.user)
            $0.config.linux.uidMappings = [IDMapping(containerID: 0, hostID: 1000, size: 1)]
            $0.config.linux.gidMappings = $0.config.linux.uidMappings
            $0.facts.uid = 1000
            $0.facts.gid = 1000
        }
        let denied = Trial { $0.facts.isSetgroupsDenied = true }
        for trial in [own, denied] {
            #expect(try !trial.lines().contains { $0.contains("supplementary") })
            var grouped = trial
            grouped.process.user.additionalGids = [0]
            #expect(throws: PlanError("/process/user/additionalGids", "cannot set any additional groups in a rootless container")) {
                try grouped.plan()
            }
        }
        var byHelper = own
        byHelper.config.linux.gidMappings.append(IDMapping(containerID: 1, hostID: 100000, size: 65536))
        #expect(try byHelper.lines().contains("set 0 supplementary groups"), "newgidmap(1) leaves it allowed")
    }

    @Test func `without capabilities in the config those of the runtime are kept`() throws {
        let lines = try Trial { $0.process.user.uid = 9 }.lines()
        #expect(!lines.contains { $0.contains("capabilities") || $0.contains("bounding") })
        #expect(lines.contains("become uid 9, gid 0"))
    }

    @Test func `the working directory is tried as root and as the user`() throws {
        let lines = try Trial { $0.process.workingDirectory = "/w" }.lines()
        let first = try #require(lines.firstIndex(of: "enter working directory /w"))
        let user = try #require(lines.firstIndex { $0.hasPrefix("become uid") })
        let again = try #require(lines.firstIndex(of: "enter working directory /w as the user"))
        #expect(first < user && user < again)
    }

    // The name is a path that may lead through /proc/self/fd (CVE-2024-21626).
    @Test func `descriptors close before the program is looked for, and none passes on unasked`() throws {
        let lines = try Trial().lines()
        #expect(
            (try #require(lines.firstIndex(of: "close descriptors from 3 on")))
                < (try #require(lines.firstIndex { $0.hasPrefix("find program") })))
        #expect(try Trial { $0.request.preservedDescriptors = 2 }.lines().contains("keep descriptors 3 to 4"))
    }

    @Test func `the umask is the process's in the end`() throws {
        let lines = try Trial { $0.process.user.umask = 0o077 }.lines()
        #expect(lines.last { $0.hasPrefix("set umask") } == "set umask 077")
    }

    @Test func `labels need their security module`() {
        #expect(
            throws: PlanError(
                "/process/apparmorProfile", "apparmor profile is specified in config, but apparmor is not enabled on this system")
        ) {
            try Trial { $0.process.apparmorProfile = "p" }.plan()
        }
        #expect(
            throws: PlanError("/process/selinuxLabel", "selinux label is specified in config, but selinux is disabled or not supported")
        ) {
            try Trial { $0.process.selinuxLabel = "l" }.plan()
        }
    }

    @Test func `the selinux label is written as it is`() throws {
        let lines = try Trial {
            $0.process.selinuxLabel = "a:b:c:s0"
            $0.facts.hasSELinux = true
        }.lines()
        #expect(lines.contains("label the program a:b:c:s0"))
    }

    @Test func `limits and the oom score are the parent's work`() throws {
        let plan = try Trial {
            $0.process.rlimits = [Rlimit(resource: .core, soft: 0, hard: UInt64.max)]
            $0.process.oomScoreAdj = 100
        }.plan()
        #expect(plan.rlimits == [Rlimit(resource: .core, soft: 0, hard: UInt64.max)])
        #expect(plan.oomScoreAdj == 100)
        #expect(try Trial().plan().oomScoreAdj == nil)
        // prlimit(2): for another's process it takes its uid or rights over its user namespace.
        let asked = try #require(plan.lines.firstIndex(of: "await limits"))
        #expect(asked < (try #require(plan.lines.firstIndex { $0.hasPrefix("become uid") })))
        #expect(try !Trial().lines().contains("await limits"))
    }

    @Test func `the terminal has its size`() throws {
        var trial = Trial { $0.process.hasTerminal = true }
        #expect(try trial.lines().contains("open terminal"))
        trial.process.consoleSize = ConsoleSize(height: 24, width: 80)
        #expect(try trial.lines().contains("open terminal of 80 columns and 24 rows"))
    }
}
