import Plan
import Spec
import Steps
import Testing

@Suite struct NamespaceTests {
    /// CLONE_NEW* of linux/sched.h.
    static let flags: [Namespace.Kind: UInt64] = [
        .time: 0x80, .mount: 0x20000, .cgroup: 0x200_0000, .uts: 0x400_0000, .ipc: 0x800_0000, .user: 0x1000_0000, .pid: 0x2000_0000,
        .network: 0x4000_0000,
    ]

    private func beginning(_ trial: Trial) throws -> [String] {
        let lines = try trial.lines()
        let end = try #require(lines.firstIndex { $0.hasPrefix("make / ") })
        return Array(lines[1..<end])
    }

    @Test func `new namespaces come with the one clone`() throws {
        let trial = Trial { for kind in [Namespace.Kind.pid, .network, .ipc, .uts] { $0.namespace(kind) } }
        #expect(try trial.plan().cloneFlags == 0x2000_0000 | 0x4000_0000 | 0x800_0000 | 0x400_0000 | 0x20000)
        #expect(try beginning(trial) == ["become undumpable"], "hidden from the beginning")
    }

    @Test(arguments: Namespace.Kind.allCases.filter { ![.mount, .cgroup, .time, .user].contains($0) })
    func `each kind has its own flag`(kind: Namespace.Kind) throws {
        #expect(try Trial { $0.namespace(kind) }.plan().cloneFlags == Self.flags[kind]! | 0x20000)
    }

    @Test func `the cgroup namespace is made once the process is in its cgroup`() throws {
        let trial = Trial { $0.namespace(.cgroup) }
        #expect(try trial.plan().cloneFlags == 0x20000)
        #expect(try trial.lines().contains("unshare cgroup namespace"))
    }

    @Test func `a new user namespace is mapped by the parent before anything needs rights`() throws {
        let trial = Trial { $0.mapUsers() }
        let plan = try trial.plan()
        #expect(plan.cloneFlags == 0x1000_0000 | 0x20000)
        #expect(plan.idMaps?.uids == trial.config.linux.uidMappings)
        #expect(try beginning(trial) == ["await id maps", "become undumpable"])
        let lines = plan.lines
        // Sources that only the caller can reach are opened first, with the caller's own id.
        #expect(
            (try #require(lines.firstIndex { $0.hasPrefix("open mount source") }))
                < (try #require(lines.firstIndex(of: "become root of the user namespace"))))
    }

    @Test func `no user namespace, no maps and no new root`() throws {
        let plan = try Trial().plan()
        #expect(plan.idMaps == nil)
        #expect(!plan.lines.contains { $0.contains("user namespace") })
    }

    @Test(arguments: [Namespace.Kind.network, .ipc, .uts, .cgroup])
    func `joining one that a process can enter itself takes no fork`(kind: Namespace.Kind) throws {
        let trial = Trial {
            $0.namespace(kind, "/n")
            $0.namespace(.pid)
        }
        let plan = try trial.plan()
        #expect(plan.cloneFlags == 0x2000_0000 | 0x20000)
        #expect(plan.joins.map(\.path) == ["/n"])
        #expect(plan.joins.first?.field == "/linux/namespaces/1/path")
        #expect(plan.joins.first?.type == Int32(truncatingIfNeeded: Self.flags[kind]!))
        #expect(try beginning(trial) == ["become undumpable", "join \(kind.rawValue) namespace"])
    }

    @Test(arguments: [Namespace.Kind.pid, .time])
    func `one that only children enter takes a fork`(kind: Namespace.Kind) throws {
        let trial = Trial {
            $0.namespace(kind, "/n")
            $0.namespace(.ipc)
        }
        #expect(try trial.plan().cloneFlags == 0, "the first child is to have no namespaces of the container")
        #expect(try beginning(trial) == ["become undumpable", "join \(kind.rawValue) namespace", "fork into new mount, ipc namespaces"])
    }

    @Test func `a joined user namespace owns what is new`() throws {
        let trial = Trial {
            $0.namespace(.user, "/u")
            $0.namespace(.pid)
        }
        let plan = try trial.plan()
        #expect(plan.cloneFlags == 0)
        #expect(plan.idMaps == nil, "whoever made it mapped it")
        #expect(try beginning(trial) == ["become undumpable", "join user namespace", "fork into new pid, mount namespaces"])
        #expect(plan.lines.contains("become root of the user namespace"))
    }

    // As runc: those of the host's user namespace need its rights, those of the joined one the rights there.
    @Test func `others are joined both before and after a joined user namespace`() throws {
        let trial = Trial {
            $0.namespace(.network, "/n")
            $0.namespace(.user, "/u")
        }
        #expect(
            try beginning(trial) == [
                "become undumpable", "join network namespace if permitted", "join user namespace", "join network namespace",
                "fork into new mount namespaces",
            ])
    }

    @Test func `joins come in one order, the user namespace first`() throws {
        let trial = Trial {
            for kind in [Namespace.Kind.time, .cgroup, .pid, .network, .uts, .ipc, .user] { $0.namespace(kind, "/\(kind.rawValue)") }
        }
        #expect(try trial.plan().joins.map(\.kind) == [.user, .ipc, .uts, .network, .pid, .cgroup, .time])
    }

    @Test func `what is joined is joined before a new user namespace takes the rights away`() throws {
        let trial = Trial {
            $0.mapUsers()
            $0.namespace(.network, "/n")
        }
        #expect(try trial.plan().cloneFlags == 0)
        #expect(
            try beginning(trial) == [
                "become undumpable", "join network namespace", "fork into new user, mount namespaces", "await id maps",
            ])
    }

    @Test func `a caller without rights over the host stays visible until his maps are written`() throws {
        var trial = Trial {
            $0.mapUsers()
            $0.namespace(.network, "/n")
            $0.facts.uid = 1000
        }
        let ordinary = ["join network namespace", "fork into new user, mount namespaces", "await id maps", "become undumpable"]
        #expect(try beginning(trial) == ordinary)
        trial.facts.uid = 0
        trial.facts.isInUserNamespace = true
        #expect(try beginning(trial) == ordinary)
    }

    @Test func `clock offsets are set before anyone is in the time namespace`() throws {
        let trial = Trial {
            $0.namespace(.time)
            $0.namespace(.pid)
            $0.config.linux.timeOffsets = [
                TimeOffset(.boottime, seconds: -3, nanoseconds: 7), TimeOffset(.monotonic, seconds: 5, nanoseconds: 0),
            ]
        }
        #expect(try trial.plan().cloneFlags == 0)
        #expect(
            try beginning(trial) == [
                "become undumpable", "unshare time namespace", "set time offsets", "fork into new pid, mount namespaces",
            ])
        let text = try trial.first { if case .setTimeOffsets(let text) = $0 { "\(text)" } else { nil } }
        #expect(text == "boottime -3 7\nmonotonic 5 0\n")
    }

    @Test func `a time namespace without offsets has none written`() throws {
        #expect(try !Trial { $0.namespace(.time) }.lines().contains("set time offsets"))
    }

    // The first process of a pid namespace cannot go on as another: clone(2), CLONE_PARENT.
    @Test func `with new user and time namespaces the pid namespace comes with the last fork`() throws {
        var trial = Trial {
            $0.mapUsers()
            $0.namespace(.time)
            $0.namespace(.pid)
        }
        let user = ["fork into new user, mount namespaces", "await id maps", "unshare time namespace", "fork into new pid namespaces"]
        #expect(try trial.plan().cloneFlags == 0)
        #expect(try beginning(trial) == user + ["become undumpable"])
        trial.namespace(.network, "/n")
        #expect(try trial.plan().cloneFlags == 0)
        #expect(try beginning(trial) == ["become undumpable", "join network namespace"] + user)
    }

    @Test func `in a joined pid namespace the parent could not follow two forks`() throws {
        let trial = Trial {
            $0.mapUsers()
            $0.namespace(.time)
            $0.namespace(.pid, "/p")
        }
        #expect(
            try beginning(trial) == [
                "become undumpable", "join pid namespace", "unshare time namespace", "fork into new user, mount namespaces",
                "await id maps",
            ])
    }

    @Test func `the parent's death is heeded after the last change of ids but the program's`() throws {
        let lines = try Trial { $0.mapUsers() }.lines()
        #expect(
            (try #require(lines.firstIndex(of: "become root of the user namespace")))
                < (try #require(lines.firstIndex(of: "die with parent"))))
    }

    @Test func `a relative path is refused`() {
        #expect(throws: PlanError("/linux/namespaces/1/path", "must be an absolute path, found \"ns/net\"")) {
            try Trial { $0.namespace(.network, "ns/net") }.plan()
        }
    }

    @Test func `loopback comes up in a new network namespace only`() throws {
        #expect(try Trial { $0.namespace(.network) }.lines().contains("bring up loopback"))
        #expect(try !Trial { $0.namespace(.network, "/n") }.lines().contains("bring up loopback"))
        #expect(try !Trial().lines().contains("bring up loopback"))
    }

    @Test func `names need a uts namespace`() throws {
        #expect(throws: PlanError("/hostname", "unable to set hostname without a private UTS namespace")) {
            try Trial { $0.config.hostname = "h" }.plan()
        }
        #expect(throws: PlanError("/domainname", "unable to set domainname without a private UTS namespace")) {
            try Trial { $0.config.domainname = "d" }.plan()
        }
        let lines = try Trial {
            $0.namespace(.uts)
            $0.config.hostname = "h"
            $0.config.domainname = "d"
        }.lines()
        #expect(lines.contains("set hostname h") && lines.contains("set domainname d"))
    }

    @Test func `mounts of the host are never the container's`() {
        let fault = PlanError("/linux/namespaces", "must have a mount namespace: without one its mounts would be the host's")
        #expect(throws: fault) { try Trial { $0.config.linux.namespaces = [] }.plan() }
        let joined = PlanError(
            "/linux/namespaces/0/path", "a mount namespace cannot be joined: set-up would rearrange it for all who live in it")
        #expect(throws: joined) { try Trial { $0.config.linux.namespaces = [Namespace(.mount, path: "/proc/1/ns/mnt")] }.plan() }
    }
}
