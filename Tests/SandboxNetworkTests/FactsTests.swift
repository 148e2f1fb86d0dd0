import JSON
import TestKit
import Testing

// What is read is compared with what was set, and with what `ip` reads.
@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(1)))
struct FactsTests {
    private func link(_ facts: Value) throws -> Value {
        guard case .array(let links) = facts["links"], links.count == 1 else { throw Failure("not one link: \(facts.text(.compact))") }
        return links[0]
    }

    private func route(_ destination: String, _ more: (String, Value)...) -> Value {
        let fields = ["gateway", "source", "metric", "scope", "origin", "onLink", "mtu"]
        let standard: [String: Value] = ["metric": 0, "scope": 0, "origin": 3, "onLink": false, "mtu": 0]
        return .object(
            [.init("destination", .string(destination))]
                + fields.compactMap { field in
                    (more.first { $0.0 == field }?.1 ?? standard[field]).map { .init(field, $0) }
                })
    }

    @Test func `an interface is read field by field`() throws {
        let pod = try TestPod().pod
        try pod.ip("address add 10.9.0.3/24 dev eth0")
        try pod.ip("address add 192.0.2.9 peer 192.0.2.10/32 dev eth0 scope link")
        try pod.ip("route add 10.77.0.0/16 via 203.0.113.1 dev eth0 onlink src 10.9.0.3 metric 7 mtu 1300 proto static")
        try pod.ip("route add 10.78.0.0/16 via inet6 fd00:9::1 dev eth0")
        try pod.ip("-6 route add default via fd00:9::1 metric 5")
        try pod.ip("neighbour add 10.9.0.7 lladdr 02:00:00:00:00:07 dev eth0")
        try pod.ip("neighbour add fd00:9::7 lladdr 02:00:00:00:00:08 dev eth0")
        try pod.ip("neighbour add 10.9.0.8 lladdr 02:00:00:00:00:09 nud stale dev eth0")
        let link = try link(try pod.facts())
        #expect(link["name"] == "eth0")
        #expect(link["hardwareAddress"] == .string(TestPod.hardwareAddress))
        #expect(link["mtu"] == 1400)
        #expect(
            link["addresses"] == [
                // The kernel keeps those of a narrower scope before the others.
                ["address": "192.0.2.9/32", "peer": "192.0.2.10", "scope": 253],
                ["address": "10.9.0.2/24", "broadcast": "10.9.0.255", "scope": 0],
                ["address": "10.9.0.3/24", "scope": 0],
                ["address": "fd00:9::2/64", "scope": 0],
            ])
        let expected: Set<Value> = [
            route("0.0.0.0/0", ("gateway", "10.9.0.1")),
            route("10.9.0.0/24", ("source", "10.9.0.2"), ("scope", 253), ("origin", 2)),
            route("192.0.2.10/32", ("source", "192.0.2.9"), ("scope", 253), ("origin", 2)),
            route(
                "10.77.0.0/16", ("gateway", "203.0.113.1"), ("source", "10.9.0.3"), ("metric", 7), ("origin", 4), ("onLink", true),
                ("mtu", 1300)),
            route("10.78.0.0/16", ("gateway", "fd00:9::1")),
            route("fd00:9::/64", ("metric", 256), ("origin", 2)),
            route("::/0", ("gateway", "fd00:9::1"), ("metric", 5)),
        ]
        guard case .array(let routes) = link["routes"] else { throw Failure("no routes") }
        #expect(Set(routes) == expected)
        #expect(
            link["neighbours"] == [
                ["address": "10.9.0.7", "hardwareAddress": "02:00:00:00:00:07"],
                ["address": "fd00:9::7", "hardwareAddress": "02:00:00:00:00:08"],
            ])
        // As many as ip knows, so that none is forgotten.
        var count = 0
        for family in ["-4", "-6"] {
            if case .array(let shown) = try pod.ip("-json \(family) route show dev eth0").json() { count += shown.count }
        }
        #expect(count == expected.count)
    }

    @Test func `interfaces that are down and the loopback are not read, other tables neither`() throws {
        let pod = try TestPod().pod
        try pod.ip("link set lo up")
        try pod.ip("link add down0 type veth peer name down1")
        try pod.ip("route add 10.50.0.0/16 dev eth0 table 77")
        try pod.ip("route add blackhole 10.51.0.0/16")
        let link = try link(try pod.facts())
        #expect(link["name"] == "eth0")
        #expect(!link.text(.compact).contains("10.50.") && !link.text(.compact).contains("10.51."))
        #expect(try TestNetwork().facts() == ["links": []])
    }

    @Test func `what a sandbox cannot have is refused with its name`() throws {
        let tunnel = try TestNetwork()
        try tunnel.ip("tuntap add tun0 mode tun")
        try tunnel.ip("link set tun0 up")
        #expect(try tunnel.run([CableBinary.path, "read"]).errors == "network interface tun0 is no Ethernet, and a sandbox has no other\n")
        let pod = try TestPod().pod
        try pod.ip("link add twin0 address \(TestPod.hardwareAddress) type veth peer name twin1")
        try pod.ip("link set twin0 up")
        #expect(try pod.run([CableBinary.path, "read"]).errors == "network interface twin0 has the hardware address of eth0\n")
        try pod.ip("link delete twin0")
        try pod.ip("route add 10.60.0.0/16 nexthop via 10.9.0.1 nexthop via 10.9.0.4")
        #expect(try pod.run([CableBinary.path, "read"]).errors == "network interface eth0 has a route to 10.60.0.0/16 with several ways\n")
    }
}
