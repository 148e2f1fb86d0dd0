import JSON
import TestKit
import Testing

// What the set-up of a container holds of the host must not be within its reach.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct EscapeTests {
    // CVE-2024-21626: execve(2) resolves its path while descriptors that close on exec are still open.
    @Test(arguments: 3..<28) func `a program is not found through a descriptor of the runtime`(fd: Int) throws {
        let bundle = try Bundle()
        try Files.copy(ProbeBinary.path, to: bundle.path + "/outside", mode: 0o755)
        let up = String(repeating: "/..", count: 16)
        bundle.set("/process/args", Value(["/proc/self/fd/\(fd)\(up)\(bundle.path)/outside", "exit", "42"]))
        let outcome = try bundle.run()
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("no such file or directory"))
    }

    @Test(arguments: 3..<28) func `nor is a working directory`(fd: Int) throws {
        let bundle = try Bundle()
        bundle.set("/process/cwd", .string("/proc/self/fd/\(fd)"))
        bundle.probe("exit", "42")
        #expect(try bundle.run().status == 1)
    }

    @Test func `a waiting container holds no directory of the host`() throws {
        let bundle = try Bundle()
        let container = try Container(bundle).created()
        let folder = "/proc/\(try container.pid)/fd"
        let held = Files.entries(folder).filter { $0.count > 1 || $0 > "2" }.compactMap { Files.target(ofLink: "\(folder)/\($0)") }
        // Of paths the two fifos alone: to wait at, and to tell a failure.
        let paths = held.filter { $0.hasPrefix("/") && !$0.hasPrefix("/memfd:") }.compactMap { $0.split(separator: "/").last }
        #expect(Set(paths) == ["gate", "report"], "\(held)")
        try container.delete("--force")
    }

    @Test func `more descriptors than were passed are not made up of the runtime's own`() throws {
        let bundle = try Bundle()
        bundle.probe("exit", "42")
        let passed = try Descriptor.open("/dev/null", 0)
        #expect(try bundle.run("--preserve-fds", "1", descriptors: [passed]).status == 42)
        #expect(try bundle.run("--preserve-fds", "2", descriptors: [passed]).status == 1)
    }

    // The text of a destination says nothing of where a symlink of the image leads.
    @Test(arguments: ["tmpfs", "bind"]) func `nothing is mounted over the root`(type: String) throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/top", to: "/")
        bundle.mount("/top", type, type == "bind" ? "/tmp" : "tmpfs", type == "bind" ? ["bind"] : [])
        bundle.probe("exit", "42")
        let outcome = try bundle.run()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("on /top: refused (EPERM)") || outcome.errors.contains("on /top: Operation not permitted"), "\(outcome)"
        )
    }

    @Test func `nothing is mounted inside proc through a symlink`() throws {
        let bundle = try Bundle()
        try Files.makeSymlink(bundle.rootfs + "/inner", to: "/proc/sys")
        bundle.mount("/inner", "tmpfs", "tmpfs")
        bundle.probe("exit", "42")
        #expect(try bundle.run().status == 1)
    }

    @Test func `what a hook in the container makes is not for everyone to write`() throws {
        let bundle = try Bundle()
        let file = bundle.scratch.directory + "/made"
        bundle.set("/hooks/createContainer", [["path": "/bin/sh", "args": ["sh", "-c", .string("umask > \(file)")]]])
        bundle.probe("exit", "0")
        #expect(try bundle.run().status == 0)
        #expect(Files.text(file) == "0022\n")
    }
}
