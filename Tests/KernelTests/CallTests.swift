import Glibc
import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct CallTests {
    @Test func `a path with a NUL is refused, not cut short`() throws {
        let path = try place("a\0b")
        #expect(throws: SyscallError("mkdir", path, .invalid)) { try makeDirectory(path, permissions: 0o700) }
        #expect(Files.entries(try place("")) == ["root", "tmp"])
    }

    @Test func `an interrupted call is made again`() throws {
        var answers: [Int32] = [-EINTR, -EINTR, 7]
        #expect(try call("read", nil) { answers.removeFirst() } == 7)
        #expect(answers.isEmpty)
    }

    @Test(arguments: [EBADF, EFAULT])
    func `a bug of ours stops the program`(errno: Int32) async {
        await #expect(processExitsWith: .failure) { [errno] in
            _ = try call("close", nil) { -errno }
        }
    }

    @Test func `only the errnos that are listed are ignored`() throws {
        let missing = try place("missing")
        try ignoring(.exists, .noEntry) { () throws(SyscallError) in try removeFile(missing) }
        #expect(throws: SyscallError("unlink", missing, .noEntry)) {
            try ignoring(.exists) { () throws(SyscallError) in try removeFile(missing) }
        }
    }

    @Test func `a descriptor is closed when its owner goes`() throws {
        var raw: Int32 = -1
        func use() throws {
            let fd = try Kernel.open("/", .path)
            raw = fd.raw
            #expect(isOpen(raw))
            #expect(fcntl(raw, F_GETFD) & FD_CLOEXEC != 0)
        }
        // Tests run beside each other, and the number may be somebody else's a moment later.
        for _ in 0..<100 {
            try use()
            let target = Files.target(ofLink: "/proc/self/fd/\(raw)")
            if target != "/" { return }
        }
        Issue.record("descriptors stay open")
    }

    @Test func `a descriptor that is given away stays open`() throws {
        let raw = try Kernel.open("/dev/null", .readOnly).release()
        #expect(isOpen(raw))
        #expect(close(raw) == 0)
    }

    @Test func `an inherited descriptor that is closed is refused, not a bug`() throws {
        // Above the limit of open files: nobody else's.
        #expect(throws: SyscallError("fcntl", "descriptor 2000000000", .badDescriptor)) { _ = try OwnedFD(duplicating: 2_000_000_000) }
        let copy = try OwnedFD(duplicating: 0)
        #expect(copy.raw >= 3)
    }
}
