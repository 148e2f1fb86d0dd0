import Kernel
import TestKit
import Testing

@Suite struct MemfdTests {
    @Test func `a sealed file can be neither written nor cut nor unsealed`() throws {
        let file = try makeMemoryFile("test")
        try write("content", to: file)
        #expect(try seals(of: file) == [])
        try add(.all, to: file)
        #expect(try seals(of: file) == .all)
        #expect(throws: SyscallError("write", nil, .notPermitted)) { try write("more", to: file) }
        #expect(throws: SyscallError("fcntl", "F_ADD_SEALS", .notPermitted)) { try add(.write, to: file) }
        // A descriptor opened anew is no way around.
        #expect(throws: SyscallError("write", nil, .notPermitted)) {
            try write("x", to: open("/proc/self/fd/\(file.raw)", .readWrite))
        }
        #expect(try readFromStart(file) == Array("content".utf8))
    }

    @Test func `a program is copied whole and runs`() throws {
        let copied = try makeMemoryFile("echo")
        try Kernel.copy(open("/bin/echo", .readOnly), to: copied)
        try add(.all, to: copied)
        #expect(try readFromStart(copied) == readFile("/bin/echo", limit: 1 << 24))
        let outcome = try execute(["/proc/\(ownPID())/fd/\(copied.raw)", "alive"])
        #expect(outcome.output == "alive\n")
    }

    @Test func `an ordinary file has no seals`() throws {
        let file = try open("/etc/passwd", .readOnly)
        #expect(throws: SyscallError("fcntl", "F_GET_SEALS", .invalid)) { try seals(of: file) }
    }
}
