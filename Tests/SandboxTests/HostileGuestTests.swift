import Glibc
import JSON
import TestKit
import Testing

/// A guest that says what it likes, in place of the one that a container's record tells of. The container is one of the host.
private final class HostileGuest {
    /// Serves the sockets of a supervisor. Each request gets the answer that there is for it, or its sender is hung up on; requests of the
    /// host's side are printed and done.
    private static let supervisor = """
        import json, os, select, socket, struct, sys
        os.chdir(sys.argv[1])
        answers = json.loads(sys.argv[2])
        def frame(channel, kind, detail, payload): return struct.pack(">IIBBH", len(payload), channel, kind, detail, 0) + payload
        def listen(name, kind):
            listener = socket.socket(socket.AF_UNIX, kind)
            listener.bind(name)
            listener.listen()
            return listener
        control, service = listen("control", socket.SOCK_STREAM), listen("service", socket.SOCK_SEQPACKET)
        print("listening", flush=True)
        clients = {}
        while True:
            for ready in select.select([control, service, *clients], [], [])[0]:
                if ready in (control, service):
                    client = ready.accept()[0]
                    clients[client] = b""
                    if ready is control: client.send(frame(0, 1, 0, b'{"version":1}'))
                    continue
                data = ready.recv(1 << 16)
                hangup = data and ready.type == socket.SOCK_STREAM and answers is None
                if not data or hangup:
                    del clients[ready]
                    ready.close()
                elif ready.type == socket.SOCK_SEQPACKET:
                    print(data.decode(), flush=True)
                    ready.send(b'{"done":null}')
                else:
                    data = clients[ready] + data
                    while len(data) >= 12 and len(data) >= 12 + struct.unpack(">I", data[:4])[0]:
                        length, channel, kind, _, _ = struct.unpack(">IIBBH", data[:12])
                        if kind == 4:
                            answer = answers[next(iter(json.loads(data[12:12 + length])))]
                            ready.send(frame(channel, 4, 1, json.dumps(answer).encode()) + frame(channel, 3, 0, b""))
                        data = data[12 + length:]
                    clients[ready] = data
        """

    let container: Container
    /// What the host's side is asked to do, a line each.
    let orders: Stream
    private let program: Program
    private let record: String

    init(_ answers: String) throws {
        let scratch = try Scratch.required()
        let bundle = try Bundle()
        bundle.probe("report", "--", "wait")
        container = try Container(bundle).running()
        let sandbox = scratch.unique("pod")
        try Files.makeDirectory("\(scratch.root)/\(sandbox)", mode: 0o700)
        let output = try Descriptor.pipe()
        program = try Program(
            Program.Request(
                ["python3", "-c", Self.supervisor, "\(scratch.root)/\(sandbox)", answers], environment: scratch.environment,
                descriptors: [nil, output.write]))
        output.write.close()
        orders = Stream(output.read)
        #expect(try orders.line() == "listening")
        record = "\(scratch.root)/\(container.id)/record.json"
        var document = try JSON.parse(Files.read(record) ?? [])
        document.set("/sandbox", .string(sandbox))
        try Files.write(record, document.text(.compact), mode: 0o600)
    }

    deinit { program.send(SIGKILL) }
}

@Suite(.machineUnchanged, .enabled(if: Host.isRoot && UnderTest.backend == .host, "needs root"), .timeLimit(.minutes(2)))
struct HostileGuestTests {
    @Test func `a guest that says it has killed and has not keeps nobody alive`() throws {
        let guest = try HostileGuest(#"{"kill": {"done": null}, "delete": {"done": null}}"#)
        defer { withExtendedLifetime(guest) {} }
        let kill = try swiftrun(["kill", guest.container.id, "KILL"], deadline: Deadline(after: 60))
        #expect(kill.status == 0, "\(kill)")
        #expect(try guest.container.end() == .killed(signal: SIGKILL))
        #expect(try guest.container.delete().status == 0)
    }

    @Test func `a guest that does not delete a container does not keep the host from it`() throws {
        let guest = try HostileGuest(#"{"delete": {"failed": "never"}}"#)
        defer { withExtendedLifetime(guest) {} }
        #expect(Glibc.kill(Int32(try guest.container.pid), SIGKILL) == 0)
        #expect(try guest.container.end() == .killed(signal: SIGKILL))
        let delete = try guest.container.delete()
        #expect(delete.status == 0 && delete.errors.contains("the guest: never"), "\(delete)")
        #expect(try swiftrun("state", guest.container.id).errors.contains("container does not exist"))
    }

    @Test func `a guest of which nobody hears any more keeps no files of a container`() throws {
        let guest = try HostileGuest("null")
        #expect(Glibc.kill(Int32(try guest.container.pid), SIGKILL) == 0)
        #expect(try guest.container.end() == .killed(signal: SIGKILL))
        #expect(try guest.container.delete().status == 0)
        #expect(try guest.orders.line() == #"{"unshare":"\#(guest.container.id)"}"#)
    }

    @Test func `what a guest says is nothing that a terminal obeys`() throws {
        let guest = try HostileGuest(
            #"""
            {"update": {"done": ["\u001b[2Jupdated"]}, "processTable": {"done": ["\u001b[2Jlisted"]}, "delete": {"failed": "\u001b[2J"}}
            """#)
        defer { withExtendedLifetime(guest) {} }
        let update = try swiftrun("--debug", "update", "--pids-limit", "50", guest.container.id)
        #expect(update.status == 0 && update.errors.contains("updated"), "\(update)")
        let list = try swiftrun("ps", guest.container.id)
        #expect(list.status == 0 && list.output.contains("listed"), "\(list)")
        let delete = try guest.container.delete("--force")
        #expect(delete.status == 0, "\(delete)")
        for outcome in [update, list, delete] { #expect(!(outcome.outputBytes + outcome.errorBytes).contains(27), "\(outcome)") }
    }
}
