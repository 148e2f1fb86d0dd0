internal import CLinux
internal import JSON
public import Kernel

/// Makes a tap beside the interface of this process's network namespace: every packet that comes to `link` goes out of the tap, and
/// the other way round. The namespace itself hears nothing on `link` any more.
///
/// What is returned is the tap, for a hypervisor: packets begin with a header of virtio-net. The tap goes when the last descriptor of it
/// is closed; `disconnect` gives the interface back to the namespace. On failure nothing is left.
///
/// The corresponding system calls are `ioctl(2)` with `TUNSETIFF`, and those of rtnetlink(7) for a queueing discipline `ingress` on both
/// with a filter that redirects all packets.
public func connect(_ link: NetworkLink) throws(NetworkError) -> OwnedFD {
    var kernel = try RouteSocket()
    let interface = try kernel.interface(link)
    let name = tapName(interface.index)
    let tap = try system { () throws(SyscallError) in try open("/dev/net/tun", .readWrite) }
    let raw = tap.raw
    do throws(SyscallError) {
        let flags = UInt16(IFF_TAP) | UInt16(IFF_NO_PI) | UInt16(IFF_VNET_HDR)
        try call("ioctl", "TUNSETIFF \(name)") { unsafe clinux_tun_attach(raw, name, flags) }
    } catch {
        if error.errno == .busy { throw .interface(link.name, problem: "is another sandbox's already") }
        throw .system(error)
    }
    guard let made = try kernel.links().first(where: { $0.name == name }) else {
        throw .interface(name, problem: "was made and is not there")
    }
    try kernel.change(.link(made.index, mtu: link.mtu), "set the mtu of \(name) to \(link.mtu)")
    try kernel.leaveUnaddressed(made.index, name)
    try kernel.change(.link(made.index, isUp: true), "bring \(name) up")
    try kernel.redirect(made.index, name, to: interface.index)
    // Last: from here on the namespace is deaf.
    try kernel.redirect(interface.index, link.name, to: made.index)
    return tap
}

/// Gives the interface back to its namespace. Nothing is done where it is not connected, or gone.
public func disconnect(_ link: NetworkLink) throws(NetworkError) {
    var kernel = try RouteSocket()
    guard let interface = try kernel.links().first(where: { $0.name.isSame(as: link.name) }) else { return }
    if try kernel.isRedirected(interface.index, link.name) { try kernel.removeRedirect(interface.index, link.name) }
}

private let tapPrefix = "swiftrun"

/// By the interface's number, so that two sandboxes cannot have the same interface.
private func tapName(_ interface: Int32) -> String { tapPrefix + String(interface) }

extension LinkRow {
    /// Whether `connect` has made it.
    var isTap: Bool { kind == "tun" && name.hasPrefix(tapPrefix) }
}

extension RouteSocket {
    fileprivate mutating func interface(_ link: NetworkLink) throws(NetworkError) -> LinkRow {
        let found = try links().first { $0.name.isSame(as: link.name) }
        guard let found else { throw .interface(link.name, problem: "is gone") }
        guard HardwareAddress(found.address) == link.hardwareAddress else {
            throw .interface(link.name, problem: "has another hardware address now")
        }
        return found
    }
}
