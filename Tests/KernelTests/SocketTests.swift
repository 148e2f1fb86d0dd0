import Glibc
import Kernel
import TestKit
import Testing

@Suite(.machineUnchanged) struct SocketTests {
    @Test func `messages keep their borders on a packet socket`() throws {
        let pair = try SocketPair(.packets)
        let first = pair.first
        let second = pair.second
        try send([1, 2, 3], on: first)
        try send([4], on: first)
        #expect(try receive(second, count: 100).bytes == [1, 2, 3])
        #expect(try receive(second, count: 100).bytes == [4])
    }

    @Test func `a descriptor travels with a message`() throws {
        let pair = try SocketPair(.stream)
        let first = pair.first
        let second = pair.second
        let path = try place("file")
        try Files.write(path, "passed on")
        try send([7], with: open(path, .readOnly), on: first)
        let message = try receive(second, count: 10)
        #expect(message.bytes == [7])
        guard let file = message.descriptor else { return #expect(Bool(false), "no descriptor came") }
        #expect(fcntl(file.raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try readText(file) == "passed on")
    }

    @Test func `of two descriptors one is taken and none stays open`() async {
        await #expect(processExitsWith: .success) {
            let pair = try SocketPair(.stream)
            let first = pair.first
            let second = pair.second
            try sendTwo(0, 0, on: first.raw)
            let before = Files.entries("/proc/self/fd").count
            do {
                let message = try receive(second, count: 10)
                #expect(message.bytes == [1])
                #expect(Files.entries("/proc/self/fd").count == before + 1)
            }
            #expect(Files.entries("/proc/self/fd").count == before)
        }
    }

    @Test func `the end of a conversation is no bytes, and nothing can be said after it`() throws {
        let pair = try SocketPair(.stream)
        let first = pair.first
        close(pair.second)
        #expect(try receive(first, count: 10).bytes == [])
        #expect(throws: SyscallError("sendmsg", nil, .brokenPipe)) { try send([1], on: first) }
    }

    @Test(arguments: [1, 150]) func `a socket is found under a path of any length`(directories: Int) throws {
        let directory = try place(Array(repeating: "d", count: directories).joined(separator: "/"))
        try Files.makeDirectory(directory)
        let path = directory + "/socket"
        let listener = try listen(path, .stream)
        let client = try connect(path)
        let server = try accept(listener)
        try send([5], on: client)
        #expect(try receive(server, count: 1).bytes == [5])
        let peer = try peerCredentials(of: server)
        #expect((peer.pid, peer.uid, peer.gid) == (getpid(), geteuid(), getegid()))
        #expect(throws: SyscallError("bind", path, .addressInUse)) { _ = try listen(path, .stream) }
    }

    @Test func `a socket nobody listens at is refused, as is none`() throws {
        let path = try place("socket")
        #expect(throws: SyscallError("connect", path, .noEntry)) { _ = try connect(path) }
        close(try listen(path))
        #expect(throws: SyscallError("connect", path, .connectionRefused)) { _ = try connect(path) }
    }
}

/// Sends one byte and two descriptors, which this library never does.
private func sendTwo(_ first: Int32, _ second: Int32, on socket: Int32) throws {
    // struct cmsghdr: length, SOL_SOCKET, SCM_RIGHTS; then the descriptors.
    var control: [UInt64] = [24, 1 | 1 << 32, UInt64(UInt32(first)) | UInt64(UInt32(second)) << 32]
    var byte: UInt8 = 1
    let sent = unsafe withUnsafeMutablePointer(to: &byte) { byte in
        var part = unsafe iovec(iov_base: byte, iov_len: 1)
        return unsafe withUnsafeMutablePointer(to: &part) { part in
            unsafe control.withUnsafeMutableBytes { control in
                var message = unsafe msghdr()
                unsafe message.msg_iov = part
                unsafe message.msg_iovlen = 1
                unsafe message.msg_control = control.baseAddress
                unsafe message.msg_controllen = control.count
                return unsafe sendmsg(socket, &message, 0)
            }
        }
    }
    try #require(sent == 1)
}
