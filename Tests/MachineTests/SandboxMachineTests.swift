import AgentProtocol
import Glibc
import JSON
import TestKit
import Testing

/// Real machines, booted through the seam.
@Suite(.machineUnchanged, .serialized, .enabled(if: Booter.canBoot, "no guest kernel or QEMU here, or not root"), .timeLimit(.minutes(10)))
struct SandboxMachineTests {
    /// A directory with what a container's shell needs.
    private func rootfs() throws -> String {
        let root = try Scratch.required().directory + "/rootfs"
        for directory in ["", "/bin", "/dev", "/proc", "/data", "/closed"] { try Files.makeDirectory(root + directory) }
        try Files.write(root + "/bin/busybox", Files.read("/bin/busybox") ?? [], mode: 0o755)
        try Files.write(root + "/bin/probe", Files.read(ProbeBinary.path) ?? [], mode: 0o4755)
        for tool in ["cat", "sh"] { unsafe symlink("busybox", root + "/bin/" + tool) }
        try Files.write(root + "/file", "")
        return root
    }

    /// `data` is what is bound on /data, below the share.
    private func create(_ id: String, _ command: [String], uid: UInt32, data: String) -> AgentProtocol.Request {
        let share = SharedDirectory.mountPoint + "/" + id
        let bind = { (name: String, destination: String) -> Value in
            [
                "destination": .string(destination), "type": "bind", "source": .string("\(SharedDirectory.mountPoint)/\(name)"),
                "options": ["rbind"],
            ]
        }
        let namespaces = ["pid", "mount", "ipc", "uts", "cgroup"].map { Value.object([.init("type", .string($0))]) }
        return .create(
            CreateOrder(
                id: id,
                config: [
                    "ociVersion": "1.0.2", "root": ["path": .string(share + "/rootfs")],
                    "process": [
                        "user": ["uid": Value(uid), "gid": Value(uid)], "args": Value(command), "env": ["PATH=/bin"], "cwd": "/",
                    ],
                    "mounts": [
                        ["destination": "/proc", "type": "proc", "source": "proc"], bind(data, "/data"),
                        bind("\(id)/1", "/closed"), bind("\(id)/2", "/file"),
                    ],
                    "linux": ["namespaces": .array(namespaces)],
                ], streams: [.output]))
    }

    private func configure(_ booter: Booter) throws {
        let settings = GuestSettings(clock: 1_800_000_000_000_000_000, hostname: "guest", shareTag: "share")
        #expect(try booter.ask(.configure(settings)) == .done(.null))
    }

    private func run(_ id: String, _ command: [String], uid: UInt32 = 0, data: String? = nil, in booter: Booter) throws -> String {
        let channel = try booter.open(create(id, command, uid: uid, data: data ?? "\(id)/0"))
        let answer = try booter.answer(on: channel)
        #expect(answer == .done(.null))
        #expect(try booter.ask(.start(id: id)) == .done(.null))
        let (text, end) = try booter.rest(of: channel)
        #expect(end == .code(0), "\(text)")
        #expect(try booter.ask(.delete(id: id, isForced: false)) == .done(.null))
        return text
    }

    @Test func `the guest sees files of the host as they are shared, and what is mounted there later`() throws {
        let directory = try Scratch.required().directory
        for name in ["data", "closed", "data/later"] { try Files.makeDirectory("\(directory)/\(name)") }
        try Files.write(directory + "/data/word", "of the host")
        try Files.write(directory + "/closed/word", "closed")
        try Files.write(directory + "/single", "a file")
        let booter = try Booter(
            [
                "share", "c/rootfs", rootfs(), "share", "c/0", directory + "/data", "share", "c/1", directory + "/closed", "ro",
                "share", "c/2", directory + "/single",
            ], prelude: "mount --bind \(directory)/data \(directory)/data; mount --make-shared \(directory)/data")
        _ = try booter.started()
        #expect(try booter.line(Booter.boot) == "booted")
        try configure(booter)
        #expect(try booter.tell("mount \(directory)/data/later") == "mounted")
        #expect(try booter.tell("write \(directory)/data/later/word late") == "written")
        let script = """
            cat /data/word /closed/word /file; echo; cat /data/later/word; echo
            echo of the guest > /data/new; echo over > /file; (echo no > /closed/new) 2>&1 || echo refused
            """
        let text = try run("c", ["sh", "-c", script], in: booter)
        #expect(text.contains("of the hostcloseda file\nlate\n"), "\(text)")
        #expect(text.hasSuffix("refused\n"), "\(text)")
        #expect(Files.text(directory + "/data/new") == "of the guest\n")
        #expect(Files.text(directory + "/single") == "over\n")
        #expect(!Files.exists(directory + "/closed/new"))

        // What is shared while the machine runs is there, and gone when it is not shared any more.
        #expect(try booter.tell("unshare c") == "unshared")
        for share in ["rootfs \(directory)/rootfs", "0 \(directory)/closed", "1 \(directory)/closed", "2 \(directory)/single"] {
            #expect(try booter.tell("share d/\(share)") == "shared")
        }
        #expect(try run("d", ["cat", "/data/word"], in: booter) == "closed")
        // A program may have the rights of its owner, as without a machine.
        let report = try run("d", ["probe", "report"], uid: 1000, in: booter)
        #expect(try Report(JSON.parse(Array(report.utf8))).integers("uid") == [1000, 0, 0, 0])
        #expect(try booter.tell("end") == "ended")
        #expect(try booter.end() == .exited(0))
        #expect(!Files.exists(booter.state + "/share"))
    }

    /// Whoever has taken the guest's kernel over comes to all that virtiofsd shows.
    @Test func `the guest writes to its shares and to nothing beside them`() throws {
        let root = try rootfs()
        let shares = ["rootfs": root, "0": root + "/data", "1": root + "/closed", "2": root + "/file"]
        let booter = try Booter(shares.flatMap { ["share", "c/" + $0.key, $0.value] })
        _ = try booter.started()
        #expect(try booter.line(Booter.boot) == "booted")
        try configure(booter)
        let places = Files.entries(booter.state + "/share/c").sorted()
        let script = """
            cd /data; exec 2>&1; echo yes > c/rootfs/written
            echo no > file; echo no > c/file; busybox mkdir d c/d; busybox ln -s /tmp e; busybox mv c f; busybox mv c/1 g; busybox rmdir c/0
            busybox chmod 777 . c; busybox mount -o remount,rw,bind /data; echo no > file; true
            """
        let refusals = try run("c", ["sh", "-c", script], data: "", in: booter)
        #expect(Files.text(root + "/written") == "yes\n", "\(refusals)")
        #expect(Files.entries(booter.state + "/share") == ["c"], "\(refusals)")
        #expect(Files.entries(booter.state + "/share/c").sorted() == places, "\(refusals)")
        #expect(try booter.tell("share d/rootfs \(root)") == "shared")
        #expect(try booter.tell("unshare c") == "unshared")
        #expect(try booter.tell("end") == "ended")
        #expect(!Files.exists(booter.state + "/share"))
    }

    @Test func `an interface comes to the running guest`() throws {
        let directory = try Scratch.required().directory
        let sources = ["rootfs": try rootfs(), "0": directory + "/rootfs", "1": directory + "/rootfs", "2": "/bin/busybox"]
        let link = """
            ip link add eth0 type veth peer name peer0; ip addr add 192.0.2.1/24 dev eth0; ip link set eth0 up; ip link set peer0 up
            """
        let booter = try Booter(sources.flatMap { ["share", "c/" + $0.key, $0.value] }, prelude: link, hasNetwork: true)
        _ = try booter.started()
        #expect(try booter.line(Booter.boot) == "booted")
        try configure(booter)
        #expect(try !run("c", ["cat", "/proc/net/dev"], in: booter).contains("eth0:"))
        let facts = try JSON.parse(Array(booter.tell("plug 0 eth0").utf8))
        let answer = try booter.ask(.setNetwork(facts))
        #expect(answer == .done(.null))
        #expect(try run("c", ["cat", "/proc/net/dev"], in: booter).contains("eth0:"))
        #expect(try booter.tell("end") == "ended")
    }

    @Test func `QEMU and virtiofsd have no rights they can do without`() throws {
        let booter = try Booter()
        let (qemu, server) = try booter.started()
        #expect(try booter.line(Booter.boot) == "booted")
        let status = ProcessStatus(qemu)
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] { #expect(status.number(set) == 0, "\(set)") }
        #expect(status.words("Uid") == Array(repeating: "\(1_900_000_000 + booter.program.pid)", count: 4))
        #expect(status.words("Gid") == status.words("Uid"))
        #expect(status.words("Groups") == [])
        #expect(status.words("NoNewPrivs") == ["1"])
        #expect(status.words("Seccomp") == ["2"])
        for name in ["net", "mnt", "ipc", "uts"] { #expect(namespace(name, of: qemu) != namespace(name, of: getpid()), "\(name)") }
        // Nothing of the host is open: what it has are its own sockets, pipes and memory.
        let files = targets(qemu).filter { $0.hasPrefix("/") && !$0.hasPrefix("/memfd:") && $0 != "/dev/null" }
        #expect(files == [])
        // What it was started from takes no memory any more.
        for name in ["kernel", "initrd"] { #expect(sizes(of: qemu, "/memfd:\(name) (deleted)") == [0], "\(name)") }

        // It waits outside, without a capability, for the one that serves.
        #expect(ProcessStatus(server).number("CapEff") == 0)
        #expect(ProcessStatus(server).words("NoNewPrivs") == ["1"])
        #expect(ProcessStatus(server).words("Seccomp") == ["0"])
        let child = try #require(children(of: server).first)
        let serving = ProcessStatus(child)
        // chown, dac_override, fowner, fsetid, setgid, setuid, mknod, setfcap.
        let forFiles: UInt64 = 0b11011011 | 1 << 27 | 1 << 31
        #expect(serving.number("CapEff").map { $0 & ~forFiles } == 0)
        #expect(serving.number("CapBnd") == 0)
        #expect(serving.words("NoNewPrivs") == ["1"])
        #expect(serving.words("Seccomp") == ["2"])
        for name in ["net", "mnt", "pid"] { #expect(namespace(name, of: child) != namespace(name, of: getpid()), "\(name)") }
        #expect(try booter.tell("end") == "ended")
    }

    @Test func `what QEMU has against its command line is told`() throws {
        let booter = try Booter(["hypervisor", "-nonsense"])
        let line = try booter.line()
        #expect(line.hasPrefix("failed QEMU's monitor: greeting: "), "\(line)")
        #expect(line.hasSuffix("-nonsense: invalid option"), "\(line)")
        #expect(try booter.end() == .exited(0))
    }
}

/// Of the files that descriptors of the process lead to by this name.
private func sizes(of pid: Int32, _ name: String) -> [Int64] {
    Files.entries("/proc/\(pid)/fd").map { "/proc/\(pid)/fd/\($0)" }.filter { Files.target(ofLink: $0) == name }.compactMap {
        var facts = stat()
        return unsafe stat($0, &facts) == 0 ? Int64(facts.st_size) : nil
    }
}
