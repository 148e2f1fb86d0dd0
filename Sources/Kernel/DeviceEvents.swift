import CLinux

/// What the kernel tells of devices that come, change and go.
public struct DeviceEvents: ~Copyable {
    /// Readable when something was told.
    public let descriptor: OwnedFD

    /// Told from here on. The corresponding system calls are `socket(2)` with `NETLINK_KOBJECT_UEVENT` and `bind(2)`.
    public init() throws(SyscallError) {
        let type = Int32(CLINUX_SOCK_RAW) | Int32(CLINUX_SOCK_CLOEXEC) | Int32(CLINUX_SOCK_NONBLOCK)
        let socket = OwnedFD(
            adopting: try call("socket", "of uevents") {
                clinux_socket(Int32(CLINUX_AF_NETLINK), type, Int32(CLINUX_NETLINK_KOBJECT_UEVENT))
            })
        let raw = socket.raw
        try call("bind", "of uevents") { clinux_bind_netlink(raw, 1) }
        descriptor = socket
    }

    /// Waits until something was told, and forgets what it was. False: the deadline came first.
    public func wait(until deadline: Deadline) throws(SyscallError) -> Bool {
        guard try poll([Watch(descriptor, .readable)], until: deadline) != nil else { return false }
        while true {
            do throws(SyscallError) { _ = try receive(descriptor, count: 8192) } catch {
                // More than the socket holds was told: that something was is all that counts.
                if error.errno == .noBufferSpace { continue }
                guard error.errno == .tryAgain else { throw error }
                return true
            }
        }
    }
}
