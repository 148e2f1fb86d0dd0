import CLinux

/// Descriptors 0 to 2, which every process has from its parent.
public enum StandardStream: Int32, CaseIterable, Hashable, Sendable {
    case input, output, error
}

/// Opens /dev/null for each of the standard streams that is closed, lest another file take its number.
///
/// The corresponding system call is `open(2)`, which gives the lowest free number.
public func occupyStandardStreams() throws(SyscallError) {
    for stream in StandardStream.allCases where clinux_fcntl(stream.rawValue, F_GETFD, 0) == -EBADF {
        try call("open", "/dev/null") { unsafe clinux_open("/dev/null", O_RDWR, 0) }
    }
}

/// Writes all of `text`, or gives up with ETIMEDOUT when nobody takes it: the reader of a pipe that is full may never read on.
///
/// EBADF does not trap here: containerd gives /dev/null opened for reading as output.
public func write(_ text: String, to stream: StandardStream, until deadline: Deadline = .never) throws(SyscallError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        if let left = deadline.remaining {
            var fd = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
            var time = __kernel_timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
            let ready = unsafe clinux_ppoll(&fd, 1, &time, nil)
            if ready == -EINTR { continue }
            guard ready != 0 else { throw SyscallError("write", "standard \(stream)", .timedOut) }
        }
        // A pipe that is ready takes a page at once. pipe(7)
        let piece = rest.prefix(4096)
        let count = unsafe piece.withUnsafeBufferPointer { unsafe clinux_write(stream.rawValue, $0.baseAddress, $0.count) }
        if count == -Int(EINTR) { continue }
        guard count >= 0 else { throw SyscallError("write", "standard \(stream)", Errno(rawValue: Int32(-count))) }
        rest = rest.dropFirst(count)
    }
}

/// Ends this process: nothing that waits in a buffer is written. The corresponding system call is `exit_group(2)`.
public func exitProcess(_ status: Int32) -> Never {
    clinux_exit(status)
}
