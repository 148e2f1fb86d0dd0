// What a sandbox does to network namespaces, without a hypervisor:
//
//   Cable read                      tells the facts of this namespace
//   Cable apply                     gives this namespace the facts on standard input
//   Cable connect NAME NETNS TAP    connects NAME of this namespace with TAP, made in the namespace NETNS, as a hypervisor would with a
//                                   guest; says "made" when TAP is there, "connected" when all is, until the end of standard input

import CLinux
import JSON
import Kernel
import SandboxNetwork

struct UsageError: Error {}

/// The interface's name as `connect` wants it: looked up among what is there.
func link(_ name: String) throws -> NetworkLink {
    guard let link = try NetworkFacts.read().links.first(where: { $0.name == name }) else { throw UsageError() }
    return link
}

func makeTap(_ name: String) throws -> OwnedFD {
    let tap = try open("/dev/net/tun", .readWrite)
    let raw = tap.raw
    let flags = UInt16(IFF_TAP) | UInt16(IFF_NO_PI) | UInt16(IFF_VNET_HDR)
    try call("ioctl", "TUNSETIFF \(name)") { unsafe clinux_tun_attach(raw, name, flags) }
    return tap
}

func enter(_ namespace: borrowing OwnedFD) throws {
    let raw = namespace.raw
    try call("setns") { clinux_setns(raw, NamespaceKind.network.flag) }
}

/// Passes the packet that waits at `source` on, with its header. One that comes before the other end is up is lost, as on any cable.
func pass(_ source: borrowing OwnedFD, _ target: borrowing OwnedFD) throws {
    let packet = try read(source, count: 1 << 17)
    do throws(SyscallError) { _ = try writeSome(packet[...], to: target) } catch { guard error.errno == .ioError else { throw error } }
}

func connect(_ name: String, _ namespace: String, _ tapName: String) throws {
    let here = try open("/proc/self/ns/net", .readOnly)
    let there = try open(namespace, .readOnly)
    try enter(there)
    let guest = try makeTap(tapName)
    try enter(here)
    try write("made\n", to: .output)
    let input = try OwnedFD(duplicating: 0)
    _ = try read(input, count: 1)
    let link = try link(name)
    let tap = try SandboxNetwork.connect(link)
    try write("connected\n", to: .output)
    while let ready = try poll([Watch(input, .readable), Watch(tap, .readable), Watch(guest, .readable)]) {
        if !ready[0].isEmpty { break }
        if !ready[1].isEmpty { try pass(tap, guest) }
        if !ready[2].isEmpty { try pass(guest, tap) }
    }
    try disconnect(link)
}

func run(_ words: [String]) throws {
    switch words.first {
    case "read": try write(NetworkFacts.read().json.text(.compact) + "\n", to: .output)
    case "apply": try NetworkFacts(json: parse(readAll(OwnedFD(duplicating: 0), limit: 1 << 20))).apply(until: .after(.seconds(10)))
    case "connect" where words.count == 4: try connect(words[1], words[2], words[3])
    default: throw UsageError()
    }
}

do {
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    do { try write("\(error)\n", to: .error) } catch {}
    exitProcess(1)
}
