import Plan
import Spec
import Steps
import Testing

@Suite struct SysctlTests {
    private func trial(_ key: String, _ kinds: [Namespace.Kind]) -> Trial {
        Trial {
            for kind in kinds where kind != .user { $0.namespace(kind) }
            if kinds.contains(.user) { $0.mapUsers() }
            $0.config.linux.sysctl = [Annotation(key, "7")]
        }
    }

    static let allowed: [(String, Namespace.Kind, String)] =
        ["msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced"]
        .map { ("kernel.\($0)", Namespace.Kind.ipc, "kernel/\($0)") } + [
            ("fs.mqueue.msg_max", .ipc, "fs/mqueue/msg_max"), ("net.ipv4.ip_forward", .network, "net/ipv4/ip_forward"),
            ("kernel.domainname", .uts, "kernel/domainname"), ("user.max_user_namespaces", .user, "user/max_user_namespaces"),
        ]

    @Test(arguments: allowed) func `what belongs to a namespace of the container is written`(
        key: String, kind: Namespace.Kind, path: String
    ) throws {
        #expect(try trial(key, [kind]).lines().contains("write 7 to /proc/sys/\(path)"))
    }

    @Test(arguments: allowed) func `without that namespace it is refused`(key: String, kind: Namespace.Kind, path: String) throws {
        let fault = PlanError(
            "/linux/sysctl/\(key)",
            "sysctl \"\(key)\" is not allowed in the host's \(kind.rawValue) namespace: it is not in a separate kernel namespace")
        #expect(throws: fault) { try trial(key, []).plan() }
        var shared = trial(key, [kind])
        shared.facts.sharedNamespaces = [kind]
        #expect(throws: fault) { try shared.plan() }
    }

    @Test(arguments: ["kernel.core_pattern", "kernel.sysrq", "vm.swappiness", "fs.file-max", "kernel.msgmax2", "kernel.pid_max"])
    func `what belongs to no namespace is refused`(key: String) {
        #expect(throws: PlanError("/linux/sysctl/\(key)", "sysctl \"\(key)\" is not in a separate kernel namespace")) {
            try trial(key, [.ipc, .network, .uts, .user]).plan()
        }
    }

    // The first separator decides (sysctl.d(5)).
    @Test(arguments: [
        ("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding"),
        ("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding"),
        ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
    ])
    func `both separators lead to the file`(key: String, path: String) throws {
        #expect(try trial(key, [.network]).lines().contains("write 7 to /proc/sys/\(path)"))
    }

    @Test(arguments: ["net/../kernel/core_pattern", "net.//.kernel.core_pattern", "net..x", "net/./x", "net/", "net."])
    func `no name leads out of its branch`(key: String) {
        let pointer = key.replacing("/", with: "~1")
        #expect(throws: PlanError("/linux/sysctl/\(pointer)", "is no name of a sysctl")) { try trial(key, [.network]).plan() }
    }

    @Test func `names of the container have their own fields`() {
        #expect(throws: PlanError("/linux/sysctl/kernel.hostname", "conflicts with /hostname: use that instead")) {
            try trial("kernel.hostname", [.uts]).plan()
        }
        var named = trial("kernel.domainname", [.uts])
        named.config.domainname = "d"
        #expect(throws: PlanError("/linux/sysctl/kernel.domainname", "conflicts with /domainname")) { try named.plan() }
    }
}
