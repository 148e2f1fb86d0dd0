import Glibc
import Kernel
import TestKit
import Testing

@Suite struct ProcFSTests {
    @Test func `files of processes are opened`() throws {
        let proc = try ProcFS.open()
        #expect(try proc.readText("self/comm") == readText("/proc/self/comm"))
        #expect(try proc.readLink("self/exe") == Files.target(ofLink: "/proc/self/exe"))
    }

    @Test(arguments: [
        ("self/exe", Errno.loop), ("self/root/etc/passwd", .loop), ("self/fd/0", .loop), ("../etc/passwd", .crossDevice), ("/etc/passwd", .crossDevice),
        ("nothing", .noEntry),
    ])
    func `what leads out of proc is refused`(path: String, errno: Errno) throws {
        let proc = try ProcFS.open()
        #expect(throws: SyscallError("openat2", "/proc/\(path)", errno)) { _ = try proc.open(path, .path) }
    }

    @Test(.enabled(if: Host.isRoot, "needs root")) func `a file that another was mounted over is refused`() async {
        // CVE-2025-52881.
        await #expect(processExitsWith: .success) {
            try enterMountNamespace()
            try #require(unsafe mount("/etc/passwd", "/proc/version", "", UInt(MS_BIND), nil) == 0)
            #expect(try readText("/proc/version").contains("root:"))
            let proc = try ProcFS.open()
            #expect(throws: SyscallError("openat2", "/proc/version", .crossDevice)) { _ = try proc.readText("version") }
            _ = try proc.readText("uptime")
        }
    }

    @Test(.enabled(if: Host.isRoot, "needs root"), arguments: ["tmpfs", "/proc/1", "/proc/self"])
    func `what is mounted over proc is no proc`(source: String) async {
        // CVE-2019-16884; a directory within proc has the right magic and the wrong inode.
        await #expect(processExitsWith: .success) { [source] in
            try enterMountNamespace()
            if source == "tmpfs" {
                try #require(unsafe mount("tmpfs", "/proc", "tmpfs", 0, nil) == 0)
            } else {
                try #require(unsafe mount(source, "/proc", "", UInt(MS_BIND), nil) == 0)
            }
            #expect(throws: SyscallError("open", "/proc: not a proc filesystem", .invalid)) { _ = try ProcFS.open() }
        }
    }
}

/// Gives the calling thread mounts of its own.
private func enterMountNamespace() throws {
    typealias Unshare = @convention(c) (Int32) -> Int32
    let symbol = unsafe try #require(unsafe dlsym(nil, "unshare"))
    let unshare = unsafe unsafeBitCast(symbol, to: Unshare.self)
    try #require(unshare(0x20000) == 0)  // CLONE_NEWNS
    try #require(unsafe mount("none", "/", "", UInt(MS_REC | MS_PRIVATE), nil) == 0)
}
