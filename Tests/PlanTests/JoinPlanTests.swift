import Plan
import Spec
import Steps
import Testing

/// A process that joins a container, and what it joins.
private struct Join {
    var config = Config()
    var process = Process()
    var request = LaunchRequest()
    var facts = HostFacts()
    var namespaces: Set<Namespace.Kind> = [.mount, .pid, .network, .ipc, .uts]

    init(_ change: (inout Join) -> Void = { _ in }) {
        config.linux.namespaces = [Namespace(.mount)]
        process.arguments = ["true"]
        process.environment = ["PATH=/bin:/usr/bin", "HOME=/root"]
        process.workingDirectory = "/"
        request.id = "box"
        facts.capabilities = 0x1ff_ffff_ffff
        change(&self)
    }

    func plan() throws(PlanError) -> LaunchPlan { try planJoin(config, process, request, facts, joining: namespaces) }

    /// The steps in words.
    func lines() throws(PlanError) -> [String] {
        let plan = try plan()
        return plan.steps.map { "\($0)" }
    }

    func order(_ words: [String]) throws {
        let lines = try lines()
        let places = try words.map { try #require(lines.firstIndex(of: $0), "no step \"\($0)\" in \(lines)") }
        #expect(places == places.sorted(), "\(words)")
    }

    mutating func mapUsers() {
        config.linux.namespaces.append(Namespace(.user))
        config.linux.uidMappings = [IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
        config.linux.gidMappings = config.linux.uidMappings
        namespaces.insert(.user)
    }
}

@Suite struct JoinPlanTests {
    @Test func `nobody can look into the process before it joins`() throws {
        // CVE-2016-9962.
        #expect(try Join().lines().first == "become undumpable")
        #expect(try Join { $0.mapUsers() }.lines().first == "become undumpable")
    }

    @Test(arguments: [
        ([.mount, .pid], 0x2002_0000), ([.mount], 0x20000), ([.user, .mount, .cgroup], 0x1202_0000), ([.time, .mount], 0x20080),
    ] as [([Namespace.Kind], UInt64)])
    func `the namespaces are joined in one call`(kinds: [Namespace.Kind], flags: UInt64) throws {
        let plan = try Join { $0.namespaces = Set(kinds) }.plan()
        let joins: [Int32] = plan.steps.compactMap { if case .joinProcess(_, let flags) = $0 { flags } else { nil } }
        #expect(joins == [Int32(truncatingIfNeeded: flags)])
        #expect(plan.cloneFlags == 0 && plan.joins == [] && plan.idMaps == nil, "nothing new is made")
        #expect(plan.target != nil)
    }

    @Test func `a container without a namespace of its own is joined by nothing`() throws {
        let lines = try Join { $0.namespaces = [] }.lines()
        #expect(!lines.contains { $0.hasPrefix("join ") || $0.hasPrefix("fork") })
    }

    @Test(arguments: Namespace.Kind.allCases)
    func `a process is forked where it cannot enter itself`(kind: Namespace.Kind) throws {
        let lines = try Join { $0.namespaces = [kind] }.lines()
        #expect(lines.filter { $0 == "fork" }.count == (kind == .pid || kind == .time ? 1 : 0))
        #expect(lines.contains("become root of the user namespace") == (kind == .user))
    }

    @Test func `the order is from the host's rights to those of the program`() throws {
        try Join {
            $0.mapUsers()
            $0.request.keyringName = "_ses.box"
            $0.process.hasTerminal = true
            $0.process.capabilities = Capabilities()
            $0.process.user.uid = 1000
            $0.process.rlimits = [Rlimit(resource: .nofile, soft: 1, hard: 2)]
        }.order([
            "become undumpable", "become root of the user namespace", "fork", "die with parent", "start a session",
            "join session keyring _ses.box", "open root of the container", "open terminal", "await limits", "become uid 1000, gid 0", "await record",
        ])
    }

    @Test func `nothing is done to the container`() throws {
        let lines = try Join {
            $0.config.hostname = "name"
            $0.config.linux.namespaces.append(Namespace(.uts))
            $0.config.root.isReadonly = true
            $0.config.linux.sysctl = [Annotation("net.ipv4.ip_forward", "1")]
            $0.config.linux.maskedPaths = ["/proc/kcore"]
            $0.config.linux.readonlyPaths = ["/proc/sys"]
            var mount = Mount()
            mount.destination = "/data"
            mount.type = "tmpfs"
            $0.config.mounts = [mount]
            var hook = Hook()
            hook.path = "/hook"
            $0.config.hooks.createContainer = [hook]
            $0.config.hooks.startContainer = [hook]
        }.lines()
        for word in ["mount", "mask", "hostname", "hook", "write", "make", "pivot", "remount", "link", "wait at"] {
            #expect(!lines.contains { $0.hasPrefix(word) || $0.contains(" \(word) ") }, "\(word): \(lines)")
        }
    }

    @Test func `its terminal is not the container's console`() throws {
        let steps = try Join { $0.process.hasTerminal = true }.plan().steps
        let consoles: [Bool] = steps.compactMap { step in
            guard case .openTerminal(let step) = step else { return nil }
            if case .mounted = step.console { return true }
            return false
        }
        #expect(consoles == [false])
    }

    @Test func `the filter comes last of all where no rights are needed for it`() throws {
        let filter = FilterProgram(instructions: [0, 0, 0, 0, 0, 0, 0, 0], flags: 0, hasListener: false)
        func place(_ hasNoNewPrivileges: Bool) throws -> (filter: Int, user: Int) {
            let lines = try Join {
                $0.request.filter = filter
                $0.process.hasNoNewPrivileges = hasNoNewPrivileges
            }.lines()
            return (
                try #require(lines.firstIndex { $0.contains("seccomp") }), try #require(lines.firstIndex { $0.hasPrefix("become uid") })
            )
        }
        let (with, without) = (try place(true), try place(false))
        #expect(with.filter > with.user)
        #expect(without.filter < without.user)
    }

    @Test func `descriptors are passed as asked`() throws {
        let plan = try Join { $0.request.preservedDescriptors = 2 }.plan()
        #expect(plan.passedDescriptors == 2)
        #expect(plan.steps.contains { if case .keepDescriptors(2, _) = $0 { true } else { false } })
    }

    @Test func `what the process names is the plan's`() throws {
        let plan = try Join {
            $0.process.oomScoreAdj = 300
            $0.process.rlimits = [Rlimit(resource: .nofile, soft: 1, hard: 2)]
        }.plan()
        #expect(plan.oomScoreAdj == 300)
        #expect(plan.rlimits == [Rlimit(resource: .nofile, soft: 1, hard: 2)])
    }

    @Test(arguments: [("3", "1"), ("", "1")])
    func `the processors of execCPUAffinity are set first`(final: String, initial: String) throws {
        let lines = try Join {
            var affinity = ExecCPUAffinity()
            affinity.initial = initial
            affinity.final = final
            $0.process.execCPUAffinity = affinity
        }.lines()
        #expect(lines.firstIndex(of: "set cpu affinity") == 1)
    }

    @Test func `ids that the user namespace lacks are refused by name`() throws {
        #expect(throws: PlanError("/process/user/uid", "id 70000 is not mapped in the user namespace")) {
            try Join {
                $0.mapUsers()
                $0.process.user.uid = 70000
            }.plan()
        }
        #expect(throws: PlanError("/process/user/additionalGids/1", "id 70000 is not mapped in the user namespace")) {
            try Join {
                $0.mapUsers()
                $0.process.user.additionalGids = [1, 70000]
            }.plan()
        }
    }

    @Test func `groups are refused where setgroups is denied`() throws {
        #expect(throws: PlanError("/process/user/additionalGids", "cannot set any additional groups in a rootless container")) {
            try Join {
                $0.facts.isSetgroupsDenied = true
                $0.process.user.additionalGids = [1]
            }.plan()
        }
        let plan = try Join { $0.facts.isSetgroupsDenied = true }.plan()
        #expect(!plan.steps.contains { if case .setGroups = $0 { true } else { false } })
    }

    @Test(arguments: ["/process/args", "/process/env", "/process/cwd"])
    func `a NUL is refused by the field that holds it`(field: String) {
        let join = Join {
            switch field {
            case "/process/args": $0.process.arguments = ["true", "a\0b"]
            case "/process/env": $0.process.environment.append("A=\0")
            default: $0.process.workingDirectory = "/\0"
            }
        }
        do {
            _ = try join.plan()
            Issue.record("\(field) was taken")
        } catch {
            #expect(error.field.hasPrefix(field) && error.problem == "contains a NUL byte", "\(error)")
        }
    }

    @Test func `labels need their module`() throws {
        #expect(throws: PlanError.self) { try Join { $0.process.selinuxLabel = "l" }.plan() }
        #expect(throws: PlanError.self) { try Join { $0.process.apparmorProfile = "a" }.plan() }
        let lines = try Join {
            $0.facts.hasAppArmor = true
            $0.process.apparmorProfile = "a"
        }.lines()
        #expect(lines.contains("label the program exec a"))
    }
}
