import Glibc
import JSON
import TestKit

/// A network namespace of a test's own.
struct TestNetwork {
    private let held: HeldNamespaces
    /// The one that an interface leads to, which would go with it.
    private let beyond: HeldNamespaces?

    init(connectedTo other: TestNetwork? = nil) throws {
        held = try HeldNamespaces("net")
        beyond = other?.held
    }

    var path: String { held.path("net") }
    /// Of a process that is in it, which is how `ip` names it.
    var pid: Int { held.pid }

    /// A program's words, to be run in it.
    func command(_ words: [String]) -> [String] { ["/usr/bin/nsenter", "--net=\(path)"] + words }

    func run(_ words: [String], input: Input = .null) throws -> Outcome { try execute(command(words), input: input) }

    /// What `ip` says of its words, which must succeed.
    @discardableResult
    func ip(_ words: String) throws -> Outcome {
        let outcome = try run(["/usr/sbin/ip"] + words.split(separator: " ").map(String.init))
        guard outcome.status == 0 else { throw Failure("ip \(words): \(outcome)") }
        return outcome
    }

    /// Facts, as `Cable` reads them.
    func facts() throws -> Value {
        let outcome = try run([CableBinary.path, "read"])
        guard outcome.status == 0 else { throw Failure("\(outcome)") }
        return try outcome.json()
    }

    func apply(_ facts: Value) throws -> Outcome { try run([CableBinary.path, "apply"], input: .text(facts.text(.compact))) }

    /// What stands where packets come in and go out, and the names of all interfaces: with a sandbox's traces in it if there are any.
    func traces() throws -> [String] {
        let links = try ip("-o link show").output.split(separator: "\n").map { line in String(line.prefix { $0 != "<" }) }
        return try [run(["/usr/sbin/tc", "qdisc", "show"]).output] + links
    }
}

/// A pod's namespace whose `eth0` leads to a peer's namespace.
struct TestPod {
    let pod: TestNetwork
    let peer: TestNetwork

    static let hardwareAddress = "02:42:0a:09:00:02"

    init() throws {
        peer = try TestNetwork()
        pod = try TestNetwork(connectedTo: peer)
        try pod.ip("link add eth0 mtu 1400 address \(Self.hardwareAddress) type veth peer name peer0 mtu 1400 netns \(peer.pid)")
        try pod.ip("link set eth0 addrgenmode none")
        try peer.ip("address add 10.9.0.1/24 dev peer0")
        try peer.ip("address add fd00:9::1/64 dev peer0 nodad")
        try peer.ip("link set peer0 up")
        try pod.ip("address add 10.9.0.2/24 broadcast + dev eth0")
        try pod.ip("address add fd00:9::2/64 dev eth0 nodad")
        try pod.ip("link set eth0 up")
        try pod.ip("route add default via 10.9.0.1")
    }
}

/// `eth0` of a pod, connected with an interface of another namespace until this goes.
final class TestCable {
    private let program: Program
    /// Which last as long as it.
    private let ends: [TestNetwork]
    private let input: Descriptor
    private let output: Stream
    private let errors: Stream

    /// The interface `made` is in `guest` when this returns, and connected after `plug`.
    init(_ pod: TestNetwork, _ guest: TestNetwork, _ made: String = "made0") throws {
        let (input, output, errors) = (try Descriptor.pipe(), try Descriptor.pipe(), try Descriptor.pipe())
        program = try Program(
            Program.Request(
                pod.command([CableBinary.path, "connect", "eth0", guest.path, made]), environment: Environment.plain,
                descriptors: [input.read, output.write, errors.write]))
        for end in [input.read, output.write, errors.write] { end.close() }
        ends = [pod, guest]
        self.input = input.write
        (self.output, self.errors) = (Stream(output.read), Stream(errors.read))
        guard try self.output.line() == "made" else { throw Failure(String(decoding: try self.errors.rest(), as: UTF8.self)) }
    }

    /// What it said instead, when it failed.
    func plug() throws -> String? {
        _ = unsafe write(input.raw, "1", 1)
        return try output.line() == "connected" ? nil : String(decoding: errors.rest(), as: UTF8.self)
    }

    func unplug() throws -> Ending {
        input.close()
        return try program.wait()
    }

    func kill() throws {
        program.send(SIGKILL)
        _ = try program.wait()
    }
}
