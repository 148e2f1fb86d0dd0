import Plan
import Spec
import Steps
import Testing

@Suite struct OrderTests {
    private func order(_ trial: Trial, _ words: [String]) throws {
        let lines = try trial.lines()
        var places: [Int] = []
        for word in words { places.append(try #require(lines.firstIndex(of: word), "no step \"\(word)\" in \(lines)")) }
        #expect(places == places.sorted(), "\(words)")
    }

    @Test func `modes of what the runtime makes are meant exactly`() throws {
        #expect(try Trial().lines().first == "set umask 00")
    }

    @Test func `the session comes before the mounts, the names after it`() throws {
        try order(
            Trial {
                $0.namespace(.uts)
                $0.namespace(.network)
                $0.request.keyringName = "_ses.box"
                $0.config.hostname = "h"
            },
            [
                "become undumpable", "make / rslave", "open mount source /b/rootfs and below", "die with parent", "start a session",
                "join session keyring _ses.box", "bring up loopback", "set hostname h", "mount rootfs /b/rootfs", "pivot root",
            ])
    }

    @Test func `without a keyring asked for the session's is kept`() throws {
        #expect(try !Trial().lines().contains { $0.contains("keyring") })
    }

    @Test func `the root is entered after mounts, devices and hooks, and closed after the working directory is made`() throws {
        try order(
            Trial {
                $0.mount("/dev", "tmpfs", ["ro"])
                $0.config.hooks.prestart = [hook("/p")]
                $0.config.hooks.createContainer = [hook("/c")]
                $0.config.root.isReadonly = true
                $0.process.workingDirectory = "/w"
                $0.process.hasTerminal = true
            },
            [
                "mount rootfs /b/rootfs", "mount tmpfs on /dev", "make character device 1:3 /dev/null", "link /dev/ptmx to pts/ptmx",
                "await prestart and createRuntime hooks", "run createContainer hook /c", "pivot root", "open /dev/null of the container",
                "reopen null streams", "make directory /w", "open terminal", "remount /dev read-only", "make root read-only",
            ])
    }

    @Test func `sysctls are written before proc is closed, and all of it before rights go`() throws {
        try order(
            Trial {
                $0.namespace(.network)
                $0.config.linux.sysctl = [Annotation("net.ipv4.ip_forward", "1")]
                $0.config.linux.readonlyPaths = ["/proc/sys"]
                $0.config.linux.maskedPaths = ["/proc/kcore"]
                $0.config.root.isReadonly = true
            },
            [
                "make root read-only", "write 1 to /proc/sys/net/ipv4/ip_forward", "make /proc/sys read-only", "mask /proc/kcore",
                "close descriptors from 3 on", "become uid 0, gid 0", "find program /bin/true", "await record", "wait for start",
                "exec [\"/bin/true\"]",
            ])
    }

    @Test func `the standard streams are renewed and paths masked with the container's own null device`() throws {
        let bound = Trial {
            $0.bind("/dev", "/dev")
            $0.config.linux.maskedPaths = ["/proc/kcore"]
        }
        #expect(try bound.lines().contains("open /dev/null of the container"))
        #expect(try !Trial { $0.bind("/dev", "/dev") }.lines().contains("open /dev/null of the container"), "nothing needs one")
    }

    @Test func `a path is masked once`() throws {
        let lines = try Trial { $0.config.linux.maskedPaths = ["/a", "/b", "/a"] }.lines()
        #expect(lines.filter { $0.hasPrefix("mask ") } == ["mask /a", "mask /b"])
    }

    @Test func `the plan says what the parent does`() throws {
        let plan = try Trial {
            $0.mapUsers()
            $0.namespace(.network, "/n")
            $0.process.oomScoreAdj = -5
            $0.process.rlimits = [Rlimit(resource: .nofile, soft: 1, hard: 2)]
        }.plan()
        let text = plan.text.split(separator: "\n").prefix(6).map(String.init)
        #expect(
            text == [
                "open: network namespace /n", "uid map: 0 100000 65536", "gid map: 0 100000 65536", "oom_score_adj: -5",
                "clone: no new namespaces", "limit: RLIMIT_NOFILE 1 2",
            ])
    }

    @Test func `late are the steps after the gate`() throws {
        let plan = try Trial { $0.config.hooks.startContainer = [hook("/s")] }.plan()
        #expect(plan.lateSteps.map { "\($0)" } == ["run startContainer hook /s", "tell start", "exec [\"/bin/true\"]"])
    }

    @Test func `a process is needed`() {
        #expect(throws: PlanError("/process", "is required to create a container")) { try Trial { $0.config.process = nil }.plan() }
    }
}
