import Kernel
import Synchronization
import Systemd
import TestKit
import Testing

/// A real dbus-daemon between us and one who answers as systemd does, or worse.
@Suite(.machineUnchanged, .enabled(if: Bus.isThere, "dbus-daemon is not installed"))
struct BusTests {
    private let unit: UnitName
    private static let short = Patience(call: .milliseconds(400), job: .milliseconds(600), question: .milliseconds(200))

    init() throws { unit = try UnitName(cgroupsPath: "a.slice:p:x", id: "x", of: .system) }

    /// Calls that a peer got, by their members.
    private final class Calls: Sendable {
        private let list = Mutex<[BusMessage]>([])
        func add(_ call: BusMessage) { list.withLock { $0.append(call) } }
        var members: [String] { list.withLock { $0.map { $0.member ?? "" } } }
        func count(_ member: String) -> Int { members.count { $0 == member } }
        func first(_ member: String) -> BusMessage? { list.withLock { $0.first { $0.member == member } } }
    }

    /// Opens a connection to a peer with this behaviour and hands it on, with the list of the calls it got.
    private func with(
        _ behaviour: @escaping Behaviour, patience: Patience = .usual,
        _ body: (inout UnitConnection, Calls, Bus) throws -> Void
    ) throws {
        try withBus { bus in
            let calls = Calls()
            _ = try Peer(bus) { call in
                calls.add(call)
                return introduction(call) ?? behaviour(call)
            }
            var connection = try UnitConnection.open(unit, of: .system, at: bus.address, patience)
            try body(&connection, calls, bus)
        }
    }

    /// The words of the error that `body` ends with.
    private func error(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no error"
    }

    @Test func `version and cgroup are known from the beginning`() throws {
        try with({ _ in [] }) { connection, _, _ in
            #expect(connection.version == 252)
            #expect(connection.root == "/user.slice/u.service")
        }
    }

    @Test func `a start is asked for as systemd wants it, and waits for its job`() throws {
        try with({ call in call.member == "StartTransientUnit" ? [job(7), jobRemoved(7, "p-x.scope", "done")] : [] }) { connection, calls, _ in
            try connection.start([UnitProperty("Delegate", .boolean(true))])
            let call = try #require(calls.first("StartTransientUnit"))
            #expect(
                call.body == [
                    .string("p-x.scope"), .string("replace"),
                    .array(of: "(sv)", [.structure([.string("Delegate"), .variant(.boolean(true))])]), .array(of: "(sa(sv))", []),
                ])
            #expect(call.path == "/org/freedesktop/systemd1")
            #expect(call.interface == "org.freedesktop.systemd1.Manager")
        }
    }

    /// A job may be done before the answer to the call that made it.
    @Test func `the end of a job may come before its beginning`() throws {
        try with({ call in call.member == "StartTransientUnit" ? [jobRemoved(7, "p-x.scope", "done"), job(7)] : [] }) { connection, _, _ in
            try connection.start([])
        }
    }

    @Test func `jobs and units of others do not count`() throws {
        try with({ call in
            switch call.member {
            case "StartTransientUnit":
                [job(7), jobRemoved(6, "p-x.scope", "done"), jobRemoved(7, "other.scope", "done"), jobRemoved(7, "p-x.scope", "failed")]
            default: [reply()]
            }
        }) { connection, calls, _ in
            #expect(error { try connection.start([]) } == #"systemd: job 7 (start p-x.scope) ended as "failed""#)
            #expect(calls.count("ResetFailedUnit") == 1)
        }
    }

    /// Any user may send signals to any other on a system bus.
    @Test func `nobody else can tell that a job is done`() throws {
        try with(
            { call in call.member == "StartTransientUnit" ? [job(7)] : [] }, patience: Self.short
        ) { connection, _, bus in
            let liar = try Peer(bus, name: "a.liar") { _ in [] }
            // Sent before the start is asked for: it waits in our queue when the job's number is known.
            try liar.say(jobRemoved(7, "p-x.scope", "done"), to: ":1.1")
            #expect(error { try connection.start([]) }.hasPrefix("systemd: job 7 (start p-x.scope) was not done"))
        }
    }

    @Test func `a unit that failed before is cleared away once`() throws {
        let tries = Atomic(0)
        try with({ call in
            switch call.member {
            case "StartTransientUnit":
                tries.add(1, ordering: .relaxed).newValue == 1
                    ? [refusal("org.freedesktop.systemd1.UnitExists", "Unit p-x.scope already exists.")] : [job(7), jobRemoved(7, "p-x.scope", "done")]
            default: [reply()]
            }
        }) { connection, calls, _ in
            try connection.start([])
            #expect(calls.members.suffix(3) == ["StartTransientUnit", "ResetFailedUnit", "StartTransientUnit"])
        }
    }

    @Test func `a unit that lives is not taken over`() throws {
        try with({ call in
            switch call.member {
            case "StartTransientUnit": [refusal("org.freedesktop.systemd1.UnitExists", "Unit p-x.scope already exists.")]
            case "GetUnitProcesses": [reply(.array(of: "(sus)", [.structure([.string("/p-x.scope"), .uint32(7), .string("sleep")])]))]
            default: [reply()]
            }
        }) { connection, calls, _ in
            #expect(
                error { try connection.start([]) }
                    == "systemd: StartTransientUnit (unit p-x.scope): Unit p-x.scope already exists. (org.freedesktop.systemd1.UnitExists)")
            #expect(calls.count("StartTransientUnit") == 2)
            #expect(calls.count("StopUnit") == 0)
        }
    }

    /// It is left so when systemd could not hear of the last one's end.
    @Test func `a unit without a process is stopped and made anew`() throws {
        let tries = Atomic(0)
        try with({ call in
            switch call.member {
            case "StartTransientUnit":
                tries.add(1, ordering: .relaxed).newValue < 3
                    ? [refusal("org.freedesktop.systemd1.UnitExists", "Unit p-x.scope already exists.")] : [job(9), jobRemoved(9, "p-x.scope", "done")]
            case "GetUnitProcesses": [reply(.array(of: "(sus)", []))]
            case "StopUnit": [job(8), jobRemoved(8, "p-x.scope", "done")]
            default: [reply()]
            }
        }) { connection, calls, _ in
            try connection.start([])
            #expect(calls.members.suffix(4) == ["GetUnitProcesses", "StopUnit", "ResetFailedUnit", "StartTransientUnit"])
        }
    }

    @Test func `a slice that is there is as good as a new one, and stays as it is`() throws {
        let slice = try UnitName(cgroupsPath: "a.slice:p:a-b.slice", id: "x", of: .system)
        // An active one, and one that comes between question and start.
        for state in ["active", "inactive"] {
            try withBus { bus in
                _ = try Peer(bus) { call in
                    introduction(call)
                        ?? {
                            switch call.member {
                            case "GetUnit": [reply(.objectPath("/org/freedesktop/systemd1/unit/a"))]
                            case "Get" where call.body.last == .string("ActiveState"): [reply(.variant(.string(state)))]
                            case "StartTransientUnit" where state == "inactive": [refusal("org.freedesktop.systemd1.UnitExists", "exists")]
                            default: [refusal("org.example.NotToBeCalled", call.member ?? "")]
                            }
                        }()
                }
                var connection = try UnitConnection.open(slice, of: .system, at: bus.address)
                #expect(try connection.start([]) == .found)
            }
        }
    }

    @Test func `a stop waits for its job and has the failure forgotten`() throws {
        try with({ call in call.member == "StopUnit" ? [job(8), jobRemoved(8, "p-x.scope", "done")] : [reply()] }) { connection, calls, _ in
            try connection.stop()
            #expect(calls.first("StopUnit")?.body == [.string("p-x.scope"), .string("replace")])
            #expect(calls.members.last == "ResetFailedUnit")
        }
    }

    @Test func `to stop what is not there is no error`() throws {
        try with({ _ in [refusal("org.freedesktop.systemd1.NoSuchUnit", "Unit p-x.scope not loaded.")] }) { connection, _, _ in
            try connection.stop()
            try connection.resetFailed()
        }
    }

    @Test func `properties are changed until the next boot`() throws {
        try with({ _ in [reply()] }) { connection, calls, _ in
            try connection.set([UnitProperty("TasksMax", .uint64(5))])
            #expect(
                calls.first("SetUnitProperties")?.body == [
                    .string("p-x.scope"), .boolean(true), .array(of: "(sv)", [.structure([.string("TasksMax"), .variant(.uint64(5))])]),
                ])
        }
    }

    @Test func `a user is told where his units are made`() throws {
        try with({ _ in [refusal("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "Interactive authentication required.")] }) { connection, _, _ in
            #expect(
                error { try connection.start([]) }
                    == "systemd: StartTransientUnit (unit p-x.scope): Interactive authentication required. "
                    + "(org.freedesktop.DBus.Error.InteractiveAuthorizationRequired): "
                    + "the system's systemd makes units for root only; a user's own is asked with --rootless=true")
        }
    }

    @Test func `what others say is cut short`() throws {
        try with({ _ in [refusal("a.b", "x\ny" + String(repeating: "z", count: 5000))] }) { connection, _, _ in
            let text = error { try connection.start([]) }
            #expect(text.contains("x y"))
            #expect(text.count < 500)
        }
    }

    /// 2 MiB are more than is ever read; they are passed over, as they may be anybody's.
    @Test func `a huge message does no harm`() throws {
        try with({ call in
            var signal = jobRemoved(1, String(repeating: "x", count: 2 << 20), "done")
            signal.destination = call.sender
            return call.member == "StartTransientUnit" ? [signal, job(7), jobRemoved(7, "p-x.scope", "done")] : []
        }) { connection, _, _ in try connection.start([]) }
    }

    @Test func `without systemd on the bus that is what is said`() throws {
        try withBus { bus in
            #expect(
                error { _ = try UnitConnection.open(unit, of: .system, at: bus.address) }.hasSuffix(
                    "(org.freedesktop.DBus.Error.ServiceUnknown): no systemd listens on this bus"))
        }
    }

    @Test func `without a bus its socket is named`() throws {
        let path = try Scratch.required().directory + "/none"
        #expect(
            error { _ = try UnitConnection.open(unit, of: .system, at: BusAddress(path: path)) }
                == "systemd: connect to the bus: connect \(path): \(Errno.noEntry)")
    }

    @Test func `a bus that ends is told`() throws {
        try with({ _ in [] }) { connection, _, bus in
            try bus.end()
            #expect(error { try connection.stop() } == "systemd: the bus at \(bus.address.path) hung up")
        }
    }

    @Test func `a stopped bus lets nobody wait`() throws {
        try withBus { bus in
            bus.stop()
            let text = error { _ = try UnitConnection.open(unit, of: .system, at: bus.address, Self.short) }
            #expect(text == "systemd: unit p-x.scope: the bus at \(bus.address.path) did not take a connection within \(Self.short.call)")
        }
    }

    /// The kernel lets as many connect as the backlog holds, and the next one wait.
    @Test func `a full backlog lets nobody wait`() throws {
        let path = try Scratch.required().directory + "/full"
        let listener = try Kernel.listen(path, backlog: 0)
        let first = try Kernel.connect(path, until: .after(.seconds(5)))
        let error = #expect(throws: SyscallError.self) { _ = try Kernel.connect(path, until: .after(.milliseconds(100))) }
        #expect(error?.errno == .timedOut)
        _ = (listener.raw, first.raw)
    }

    @Test func `a bus that stops later lets nobody wait, whatever is asked`() throws {
        try with({ _ in [reply()] }, patience: Self.short) { connection, _, bus in
            bus.stop()
            for (verb, text) in [
                ("start", error { try connection.start([]) }), ("stop", error { try connection.stop() }),
                ("set", error { try connection.set([UnitProperty("TasksMax", .uint64(5))]) }),
            ] {
                let call = ["start": "StartTransientUnit", "stop": "StopUnit", "set": "SetUnitProperties"][verb] ?? ""
                #expect(text == "systemd: unit p-x.scope: systemd did not answer \(call) within \(Self.short.call)")
            }
        }
    }

    @Test(arguments: ["StartTransientUnit", "StopUnit"])
    func `a job that is never done is named, with what it is at`(member: String) throws {
        try with(
            { call in
                switch call.member {
                case member: [job(7)]
                case "Get" where call.path == "/org/freedesktop/systemd1/job/7": [reply(.variant(.string("waiting")))]
                default: []
                }
            }, patience: Self.short
        ) { connection, _, _ in
            let text = error { if member == "StopUnit" { try connection.stop() } else { try connection.start([]) } }
            let verb = member == "StopUnit" ? "stop" : "start"
            #expect(text == "systemd: job 7 (\(verb) p-x.scope) was not done, still queued, within \(Self.short.job)")
        }
    }

    @Test func `a job of a systemd that has gone silent is named`() throws {
        try with({ call in call.member == "StartTransientUnit" ? [job(7)] : [] }, patience: Self.short) { connection, _, _ in
            #expect(
                error { try connection.start([]) }
                    == "systemd: job 7 (start p-x.scope) was not done, and systemd does not answer, within \(Self.short.job)")
        }
    }
}

@Suite struct BusAddressTests {
    @Test(arguments: [
        ("unix:path=/run/bus", "/run/bus"), ("unix:path=/run/bus,guid=12", "/run/bus"), ("unix:guid=12,path=/run/a%20b", "/run/a b"),
        ("tcp:host=x;unix:abstract=/y;unix:path=/z", "/z"),
    ])
    func `the path of a Unix socket is found`(list: String, path: String) {
        #expect(BusAddress(list)?.path == path)
    }

    @Test(arguments: ["", "unix:", "tcp:host=localhost,port=1", "unix:abstract=/x", "unix:path=x", "unix:path=/%4", "unix:path=/%00"])
    func `another address is none`(list: String) { #expect(BusAddress(list) == nil) }
}
