import Glibc

/// An open file of the tests' process, closed with its last reference at the latest. One thread at a time.
public final class Descriptor: @unchecked Sendable {
    public private(set) var raw: Int32

    init(_ raw: Int32) { self.raw = raw }

    deinit { close() }

    public func close() {
        guard raw >= 0 else { return }
        Glibc.close(raw)
        raw = -1
    }

    /// Writes all of it, waiting for whoever reads.
    public func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure("write: \(errnoText())") }
            rest = rest.dropFirst(count)
        }
    }

    /// The two ends of a pipe, neither of which any child inherits unasked.
    public static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure("pipe: \(errnoText())") }
        return (Descriptor(try high(ends[0])), Descriptor(try high(ends[1])))
    }

    public static func open(_ path: String, _ flags: Int32) throws -> Descriptor {
        let fd = unsafe Glibc.open(path, flags | O_CLOEXEC)
        guard fd >= 0 else { throw Failure("open \(path): \(errnoText())") }
        return Descriptor(try high(fd))
    }

    /// The same file as that of the descriptor with this number.
    public static func duplicate(_ raw: Int32) throws -> Descriptor {
        Descriptor(try copy(raw))
    }

    /// The same file above the numbers that a child is given, so that handing one over never covers another.
    static func high(_ fd: Int32) throws -> Int32 {
        let moved = try copy(fd)
        Glibc.close(fd)
        return moved
    }

    private static func copy(_ fd: Int32) throws -> Int32 {
        let copy = fcntl(fd, F_DUPFD_CLOEXEC, 100)
        guard copy >= 0 else { throw Failure("dup: \(errnoText())") }
        return copy
    }
}
