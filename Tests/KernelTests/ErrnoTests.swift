import Glibc
import Kernel
import Testing

@Suite struct ErrnoTests {
    /// Engines look for these words anywhere in a message.
    private static let reserved = [
        "no such file or directory", "permission denied", "operation not permitted", "not a directory", "is a directory",
        "does not exist", "no such process", "executable file not found",
    ]

    /// Those with words of our own.
    private static let reworded: [Int32] = [EPERM, ENOENT, ESRCH, EACCES, ENOTDIR, EISDIR]

    @Test func `no text has the words by which engines tell a missing program`() {
        for number in Int32(0)...200 {
            let text = Errno(rawValue: number).description.lowercased()
            for words in Self.reserved { #expect(!text.contains(words), "\(number): \(text)") }
        }
    }

    @Test func `all other texts are libc's with the name behind`() {
        for number in Int32(1)...133 where !Self.reworded.contains(number) {
            let errno = Errno(rawValue: number)
            let libc = unsafe String(cString: strerror(number))
            // 41 and 58 are not used.
            let expected = errno.name.isEmpty ? "errno \(number)" : "\(libc) (\(errno.name))"
            #expect(errno.description == expected)
            #expect(errno.name.isEmpty == libc.hasPrefix("Unknown error"))
        }
    }

    @Test func `names are the manual's`() {
        #expect(Errno.noEntry.name == "ENOENT")
        #expect(Errno.tryAgain.name == "EAGAIN")
        #expect(Errno.notSupported.name == "EOPNOTSUPP")
        #expect(Errno.deadlock.name == "EDEADLK")
        #expect(Errno(rawValue: 133).name == "EHWPOISON")
        #expect("\(Errno(rawValue: 4000))" == "errno 4000")
    }

    @Test func `an error tells the call, the subject and the errno`() {
        #expect("\(SyscallError("mount", "/proc", .busy))" == "mount /proc: Device or resource busy (EBUSY)")
        #expect("\(SyscallError("fork", nil, .tryAgain))" == "fork: Resource temporarily unavailable (EAGAIN)")
    }
}
