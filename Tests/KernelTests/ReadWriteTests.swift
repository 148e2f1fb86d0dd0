import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct ReadWriteTests {
    @Test func `a file may be as large as the limit and not a byte larger`() throws {
        let path = try place("file")
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try Files.write(path, bytes)
        #expect(try readFile(path, limit: 200_000) == bytes)
        #expect(throws: SyscallError("read", "\(path): more than 199999 bytes", .tooLarge)) { try readFile(path, limit: 199_999) }
    }

    @Test func `a file without an end is refused`() {
        #expect(throws: SyscallError("read", "/dev/zero: more than 1000000 bytes", .tooLarge)) {
            try readFile("/dev/zero", limit: 1_000_000)
        }
    }

    @Test func `files of the kernel, whose size is not known before, are read whole`() throws {
        #expect(try readText("/proc/self/status").contains("\nPid:\t\(ownPID())\n"))
    }

    @Test func `bytes that are no UTF-8 are no text`() throws {
        let path = try place("file")
        try Files.write(path, [0x61, 0xff, 0x62])
        #expect(throws: SyscallError("read", path, .notText)) { try readText(path) }
    }

    @Test func `all is written, be it more than a pipe holds`() throws {
        let pipe = try TestKit.Descriptor.pipe()
        let counter = try TestKit.Descriptor.pipe()
        let program = try shell("wc -c", input: pipe.read, output: counter.write)
        pipe.read.close()
        counter.write.close()
        do {
            let writer = try OwnedFD(duplicating: pipe.write.raw)
            pipe.write.close()
            try write([UInt8](repeating: 1, count: 1_000_000), to: writer)
        }
        #expect(try Stream(counter.read).line() == "1000000")
        #expect(try program.wait() == .exited(0))
    }

    @Test func `a control file is written, never made`() throws {
        let path = try place("control")
        #expect(throws: SyscallError("open", path, .noEntry)) { try write("1", to: path) }
        try Files.write(path, "")
        try write("12", to: path)
        try write("34", to: "control", beneath: open(place(""), [.path, .directory]))
        #expect(Files.text(path) == "34")
    }

    @Test func `a full device refuses what is written`() {
        #expect(throws: SyscallError("write", "/dev/full", .noSpace)) { try write("x", to: "/dev/full") }
    }

    @Test func `one read takes what is there, and nothing at the end`() throws {
        let pipe = try Pipe()
        let reader = pipe.reader
        do {
            let writer = pipe.writer
            try write("abc", to: writer)
            #expect(try read(reader, count: 2) == [0x61, 0x62])
            #expect(try read(reader, count: 100) == [0x63])
            try setBlocking(reader, .refuses)
            #expect(throws: SyscallError("read", nil, .tryAgain)) { try read(reader, count: 1) }
            try setBlocking(reader, .waits)
        }
        #expect(try read(reader, count: 1) == [])
    }

    @Test func `a writer who would not wait writes what fits`() throws {
        let pipe = try Pipe()
        let reader = pipe.reader
        let writer = pipe.writer
        try setBlocking(writer, .refuses)
        let bytes = [UInt8](repeating: 1, count: 1_000_000)
        let written = try writeSome(bytes[...], to: writer)
        #expect(written > 0 && written < bytes.count)
        #expect(throws: SyscallError("write", nil, .tryAgain)) { try writeSome(bytes[written...], to: writer) }
        #expect(isOpen(reader.raw))
    }

    @Test func `reading from the start does not ask where the file stands`() throws {
        let path = try place("file")
        try Files.write(path, "content")
        let file = try open(path, .readOnly)
        #expect(try readText(file) == "content")
        #expect(try readText(file) == "")
        #expect(try readFromStart(file) == Array("content".utf8))
    }
}
