import Glibc
import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(1)))
struct ApplyTests {
    /// A namespace with an interface of that hardware address that nobody has configured.
    private func guest(_ addresses: (name: String, hardware: String)...) throws -> TestNetwork {
        let beyond = try TestNetwork()
        let guest = try TestNetwork(connectedTo: beyond)
        for (name, hardware) in addresses {
            try guest.ip("link add \(name) address \(hardware) type veth peer name \(name) netns \(beyond.pid)")
            try beyond.ip("link set \(name) up")
        }
        return guest
    }

    @Test func `the guest gets all of it, under the same name, and nothing else`() throws {
        let pod = try TestPod().pod
        for words in [
            "address add 10.9.0.3/24 dev eth0", "address add 192.0.2.9 peer 192.0.2.10/32 dev eth0 scope link",
            "route add 10.77.0.0/16 via 203.0.113.1 dev eth0 onlink src 10.9.0.3 metric 7 mtu 1300 proto static",
            "route add 10.78.0.0/16 via inet6 fd00:9::1 dev eth0", "-6 route add default via fd00:9::1 metric 5",
            "neighbour add 10.9.0.7 lladdr 02:00:00:00:00:07 dev eth0", "neighbour add fd00:9::7 lladdr 02:00:00:00:00:08 dev eth0",
        ] { try pod.ip(words) }
        let facts = try pod.facts()
        let guest = try guest(("other0", TestPod.hardwareAddress))
        let outcome = try guest.apply(facts)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try guest.facts() == facts)
        for family in ["-4", "-6"] {
            #expect(try guest.ip("\(family) route show").output == pod.ip("\(family) route show").output)
        }

        // Said again, with something gone and something else.
        for words in [
            "route delete 10.77.0.0/16 metric 7", "address delete 10.9.0.3/24 dev eth0", "neighbour delete fd00:9::7 dev eth0",
            "address add 10.99.0.1/32 dev eth0", "link set eth0 mtu 1380",
        ] { try pod.ip(words) }
        let changed = try pod.facts()
        #expect(changed != facts)
        #expect(try guest.apply(changed).status == 0)
        #expect(try guest.facts() == changed)
    }

    @Test func `names are exchanged`() throws {
        let guest = try guest(("eth0", "02:00:00:00:00:02"), ("eth1", "02:00:00:00:00:01"))
        func link(_ name: String, _ address: String) -> Value {
            ["name": .string(name), "hardwareAddress": .string(address), "mtu": 1500, "addresses": [], "routes": [], "neighbours": []]
        }
        let facts: Value = ["links": [link("eth0", "02:00:00:00:00:01"), link("eth1", "02:00:00:00:00:02")]]
        let outcome = try guest.apply(facts)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try guest.ip("-json link show eth0").json().at("/0/address") == "02:00:00:00:00:01")
        #expect(try guest.ip("-json link show eth1").json().at("/0/address") == "02:00:00:00:00:02")
    }

    @Test func `an interface that comes late is awaited`() throws {
        let guest = try TestNetwork()
        let facts = try TestPod().pod.facts()
        let input = try Descriptor.pipe()
        let program = try Program(
            Program.Request(
                guest.command([CableBinary.path, "apply"]), environment: Environment.plain, descriptors: [input.read]))
        input.read.close()
        let text = Array(facts.text(.compact).utf8)
        #expect(unsafe write(input.write.raw, text, text.count) == text.count)
        input.write.close()
        try guest.ip("link add late0 address \(TestPod.hardwareAddress) type veth peer name late1")
        #expect(try program.wait() == .exited(0))
        #expect(try guest.facts() == facts)
    }

    @Test func `the kernel's own sentence is in the error`() throws {
        let guest = try guest(("eth0", "02:00:00:00:00:01"))
        let route: Value = [
            "destination": "0.0.0.0/0", "gateway": "203.0.113.1", "metric": 0, "scope": 0, "origin": 3, "onLink": false, "mtu": 0,
        ]
        let link: Value = [
            "name": "eth0", "hardwareAddress": "02:00:00:00:00:01", "mtu": 1500, "addresses": [], "routes": [route], "neighbours": [],
        ]
        let outcome = try guest.apply(["links": [link]])
        #expect(outcome.status == 1)
        #expect(
            outcome.errors
                == "network: add route to 0.0.0.0/0 by 203.0.113.1 on eth0: Network is unreachable (ENETUNREACH): "
                + "Nexthop has invalid gateway\n")
    }

    @Test(arguments: [
        (#"{}"#, "/links: is required"),
        (#"{"links":[{}]}"#, "/links/0/name: is required"),
        (#"{"links":[],"more":1}"#, "/more: is unknown"),
        (#"{"links":[{"name":"a/b"}]}"#, #"/links/0/name: must be the name of a network interface, found "a/b""#),
        (
            #"{"links":[{"name":"eth0","hardwareAddress":"02:00"}]}"#,
            #"/links/0/hardwareAddress: must be a hardware address of 6 bytes, found "02:00""#
        ),
        (
            #"{"links":[{"name":"eth0","hardwareAddress":"02:00:00:00:00:01","mtu":67}]}"#,
            "/links/0/mtu: must be an integer from 68 to 65535, found 67"
        ),
    ])
    func `facts that are none are refused`(text: String, problem: String) throws {
        let outcome = try TestNetwork().run([CableBinary.path, "apply"], input: .text(text))
        #expect(outcome.status == 1)
        #expect(outcome.errors == "network: \(problem)\n")
    }
}
