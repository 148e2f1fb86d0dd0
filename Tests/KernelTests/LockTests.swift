import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct LockTests {
    /// flock(1) holds the lock until the test closes its input.
    private final class Holder {
        private let input: TestKit.Descriptor
        private let program: Program

        init(_ path: String, _ option: String) throws {
            let (input, output) = (try TestKit.Descriptor.pipe(), try TestKit.Descriptor.pipe())
            self.input = input.write
            program = try Program(
                Program.Request(
                    ["flock", option, path, "/bin/sh", "-c", "echo locked; read line"], environment: Scratch.required().environment,
                    descriptors: [input.read, output.write]))
            input.read.close()
            #expect(try Stream(output.read).line() == "locked")
        }

        func letGo() throws {
            input.close()
            _ = try program.wait()
        }
    }

    @Test func `an exclusive lock keeps others out until it is let go`() throws {
        let path = try place("directory")
        try Files.makeDirectory(path)
        let holder = try Holder(path, "--exclusive")
        let directory = try open(path, [.readOnly, .directory])
        for kind in [LockKind.exclusive, .shared] {
            #expect(throws: SyscallError("flock", path, .tryAgain)) { try lock(directory, kind, .refuses, subject: path) }
        }
        try holder.letGo()
        try lock(directory, .exclusive, subject: path)
    }

    @Test func `shared locks bear each other and no exclusive one`() throws {
        let path = try place("file")
        try Files.write(path, "")
        let holder = try Holder(path, "--shared")
        let file = try open(path, .readOnly)
        try lock(file, .shared, .refuses)
        #expect(throws: SyscallError("flock", nil, .tryAgain)) { try lock(file, .exclusive, .refuses) }
        try holder.letGo()
        try lock(file, .exclusive, .refuses)
    }

    @Test func `letting go does not ask who has a copy of the descriptor`() throws {
        let path = try place("file")
        try Files.write(path, "")
        let first = try open(path, .readOnly)
        let second = try open(path, .readOnly)
        try lock(first, .exclusive)
        let copy = try first.duplicate()
        #expect(throws: SyscallError("flock", nil, .tryAgain)) { try lock(second, .exclusive, .refuses) }
        unlock(first)
        try lock(second, .exclusive, .refuses)
        #expect(isOpen(copy.raw))
    }
}
