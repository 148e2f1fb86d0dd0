import Glibc
import Kernel
import Systemd
import TestKit

/// A real dbus-daemon of the test's own.
final class Bus: Sendable {
    let address: BusAddress
    let daemon: Program

    /// Whether there is a dbus-daemon to run.
    static let isThere = (try? execute(["dbus-daemon", "--version"]))?.status == 0

    init() throws {
        let scratch = try Scratch.required()
        let directory = scratch.directory + "/" + scratch.unique("bus")
        try Files.makeDirectory(directory)
        address = BusAddress(path: directory + "/bus")
        try Files.write(
            directory + "/config",
            """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>unix:path=\(directory)/bus</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow own="*"/><allow send_destination="*"/><allow send_type="signal"/>
                <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
                <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/>
                <allow receive_type="signal"/>
              </policy>
            </busconfig>
            """)
        let output = try TestKit.Descriptor.pipe()
        daemon = try Program(
            .init(
                ["dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file=\(directory)/config"],
                environment: scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        // It prints once it listens.
        guard try Stream(output.read).line() != nil else { throw Failure("dbus-daemon did not start") }
    }

    func stop() { daemon.send(SIGSTOP) }

    func end() throws {
        daemon.send(SIGKILL)
        _ = try daemon.wait()
    }
}

/// Runs `body` with a bus of its own.
func withBus(_ body: (Bus) throws -> Void) throws {
    let bus = try Bus()
    let result = Result { try body(bus) }
    try bus.end()
    try result.get()
}

/// What a peer on the bus does with a call: the messages it sends, in this order.
typealias Behaviour = @Sendable (BusMessage) -> [BusMessage]

/// A program on the bus, in a thread of its own, that has systemd's name unless it is given another.
final class Peer: @unchecked Sendable {
    private var thread = pthread_t()
    private let address: BusAddress
    private let name: String
    private let behaviour: Behaviour
    private let ready: (read: TestKit.Descriptor, write: TestKit.Descriptor)

    init(_ bus: Bus, name: String = "org.freedesktop.systemd1", _ behaviour: @escaping Behaviour) throws {
        address = bus.address
        self.name = name
        self.behaviour = behaviour
        ready = try TestKit.Descriptor.pipe()
        let me = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe pthread_create(
            &thread, nil,
            { argument in
                let peer = unsafe Unmanaged<Peer>.fromOpaque(argument!).takeRetainedValue()
                // It ends with the bus.
                do { try peer.serve() } catch {}
                peer.ready.write.close()
                return nil
            }, me)
        guard try Stream(ready.read).line() == "ready" else { throw Failure("the peer is not on the bus") }
    }

    /// Sends a message that nobody asked for, over a connection of its own.
    func say(_ message: BusMessage, to destination: String) throws {
        guard var connection = try BusConnection.open(address, until: .after(.seconds(20))) else { return }
        let daemon = "org.freedesktop.DBus"
        _ = try connection.send(.call("Hello", to: daemon, "/org/freedesktop/DBus", daemon), until: .never)
        var message = message
        message.destination = destination
        _ = try connection.send(message, until: .never)
        // The answer to this call comes after the bus has passed the message on.
        guard let serial = try connection.send(.call("GetId", to: daemon, "/org/freedesktop/DBus", daemon), until: .never) else { return }
        while let answer = try connection.receive(until: .after(.seconds(20))), answer.replySerial != serial {}
    }

    private func serve() throws {
        guard var connection = try BusConnection.open(address, until: .after(.seconds(20))) else { return }
        let daemon = "org.freedesktop.DBus"
        _ = try connection.send(.call("Hello", to: daemon, "/org/freedesktop/DBus", daemon), until: .never)
        _ = try connection.send(
            .call("RequestName", [.string(name), .uint32(4)], to: daemon, "/org/freedesktop/DBus", daemon), until: .never)
        while let message = try connection.receive(until: .never) {
            if message.replySerial == 2 { _ = unsafe write(ready.write.raw, "ready\n", 6) }
            guard message.kind == .call else { continue }
            for var answer in behaviour(message) {
                answer.destination = answer.destination ?? message.sender
                if answer.kind != .signal { answer.replySerial = message.serial }
                _ = try connection.send(answer, until: .never)
            }
        }
    }
}

func reply(_ body: BusValue...) -> BusMessage { BusMessage(.reply, body) }

func refusal(_ name: String, _ text: String) -> BusMessage {
    var message = BusMessage(.error, [.string(text)])
    message.errorName = name
    return message
}

func jobRemoved(_ number: UInt32, _ unit: String, _ result: String) -> BusMessage {
    var message = BusMessage(.signal, [.uint32(number), .objectPath("/org/freedesktop/systemd1/job/\(number)"), .string(unit), .string(result)])
    message.path = "/org/freedesktop/systemd1"
    message.interface = "org.freedesktop.systemd1.Manager"
    message.member = "JobRemoved"
    return message
}

func job(_ number: UInt32) -> BusMessage { reply(.objectPath("/org/freedesktop/systemd1/job/\(number)")) }

/// What systemd answers before the first request.
func introduction(_ call: BusMessage, version: String = "252.38-1~deb12u1") -> [BusMessage]? {
    switch call.member {
    case "Subscribe": [reply()]
    case "Get" where call.body.last == .string("Version"): [reply(.variant(.string(version)))]
    case "Get" where call.body.last == .string("ControlGroup"): [reply(.variant(.string("/user.slice/u.service/")))]
    default: nil
    }
}
