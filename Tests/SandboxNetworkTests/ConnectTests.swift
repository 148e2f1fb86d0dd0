import JSON
import TestKit
import Testing

// Packets, not filters, tell whether an interface is connected.
@Suite(
    .machineUnchanged, .enabled(if: Host.isRoot && Files.exists("/dev/net/tun"), "needs root and /dev/net/tun"), .timeLimit(.minutes(1)))
struct ConnectTests {
    /// The pod's eth0, cabled to a guest that has been told of it; the pod's own traces of before.
    private func connected() throws -> (TestPod, guest: TestNetwork, TestCable, before: [String]) {
        let pod = try TestPod()
        let (guest, before, facts) = (try TestNetwork(), try pod.pod.traces(), try pod.pod.facts())
        let cable = try TestCable(pod.pod, guest)
        try guest.ip("link set made0 address \(TestPod.hardwareAddress)")
        let outcome = try guest.apply(facts)
        guard outcome.status == 0 else { throw Failure("\(outcome)") }
        if let problem = try cable.plug() { throw Failure(problem) }
        return (pod, guest, cable, before)
    }

    private func answers(_ address: String, _ network: TestNetwork, size: Int = 56, wait: Int = 10) throws -> Bool {
        try network.run(["busybox", "ping", "-c", "1", "-W", "\(wait)", "-s", "\(size)", address]).status == 0
    }

    @Test func `packets go both ways, of the full size, and the namespace keeps out of it`() throws {
        let (pod, guest, cable, before) = try connected()
        // The pod's interface has the guest's addresses too; this one it has alone.
        try pod.pod.ip("address add 10.9.0.50/24 dev eth0")
        for address in ["10.9.0.2", "fd00:9::2"] { #expect(try answers(address, pod.peer), "\(address)") }
        for address in ["10.9.0.1", "fd00:9::1"] { #expect(try answers(address, guest), "\(address)") }
        #expect(try answers("10.9.0.1", guest, size: 1372))
        #expect(try answers("10.9.0.2", pod.peer, size: 1372))
        #expect(try !answers("10.9.0.50", pod.peer, wait: 1))
        #expect(try cable.unplug() == .exited(0))
        #expect(try pod.pod.traces() == before)
        #expect(try answers("10.9.0.50", pod.peer))
    }

    @Test(arguments: [true, false])
    func `megabytes arrive as they were sent`(toGuest: Bool) throws {
        let (pod, guest, cable, _) = try connected()
        let (server, client, address) = toGuest ? (guest, pod.peer, "10.9.0.2") : (pod.peer, guest, "10.9.0.1")
        let output = try Descriptor.pipe()
        let listener = try Program(
            Program.Request(
                server.command(["busybox", "nc", "-l", "-p", "4000", "-e", "sha256sum"]), environment: Environment.plain,
                descriptors: [nil, output.write, output.write]))
        output.write.close()
        let script = "until busybox netstat -ltn | grep -q :4000; do :; done"
        #expect(try server.run(["sh", "-c", script]).status == 0)
        let sent = try client.run(["sh", "-c", "head -c 8000000 /dev/zero | busybox nc \(address) 4000"])
        #expect(sent.status == 0, "\(sent)")
        // What `sha256sum` says of 8000000 zeros.
        let expected = try execute(["sh", "-c", "head -c 8000000 /dev/zero | sha256sum"]).output
        #expect(sent.output == expected)
        _ = try listener.wait()
        #expect(try cable.unplug() == .exited(0))
    }

    @Test func `an interface is one sandbox's, and after one that was killed another's`() throws {
        let (pod, guest, cable, before) = try connected()
        let second = try TestCable(pod.pod, guest, "made1")
        #expect(try second.plug() == "network interface eth0 is another sandbox's already\n")
        try cable.kill()
        // The tap went with it, the discipline of eth0 did not.
        #expect(try !pod.pod.ip("-o link show").output.contains("swiftrun"))
        #expect(try pod.pod.traces() != before)
        let third = try TestCable(pod.pod, guest)
        try guest.ip("link set made0 address \(TestPod.hardwareAddress)")
        #expect(try guest.apply(pod.pod.facts()).status == 0)
        #expect(try third.plug() == nil)
        #expect(try answers("10.9.0.2", pod.peer))
        #expect(try third.unplug() == .exited(0))
        #expect(try pod.pod.traces() == before)
    }

    @Test(arguments: ["ingress", "clsact"])
    func `filters of somebody else are not touched`(kind: String) throws {
        let pod = try TestPod().pod
        for words in [
            ["qdisc", "add", "dev", "eth0", kind],
            ["filter", "add", "dev", "eth0", "ingress", "protocol", "all", "u32", "match", "u8", "0", "0"]
                + ["action", "mirred", "egress", "mirror", "dev", "lo"],
        ] { #expect(try pod.run(["/usr/sbin/tc"] + words).errors == "") }
        let before = try pod.traces()
        let cable = try TestCable(pod, try TestNetwork())
        #expect(try cable.plug() == "network interface eth0 has filters of somebody else\n")
        #expect(try cable.unplug() == .exited(1))
        #expect(try pod.traces() == before)
        #expect(try pod.run(["/usr/sbin/tc", "filter", "show", "dev", "eth0", "ingress"]).output.contains("Egress Mirror to device lo"))
    }
}
