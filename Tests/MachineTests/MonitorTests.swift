import JSON
import Kernel
import TestKit
import Testing

@testable import Machine

/// The monitor's client, and a program that plays QEMU.
@Suite(.machineUnchanged) struct MonitorTests {
    /// Connected to a shell that does `script`.
    private func monitor(_ script: String) throws -> (monitor: Monitor, player: Program) {
        let pair = try SocketPair(.stream)
        let socket = pair.first
        let other = try Descriptor.duplicate(pair.second.raw)
        let greeting = #"echo '{"QMP": {"version": {}, "capabilities": []}}'; read -r command; echo '{"return": {}, "id": 1}'; "#
        let player = try Program(
            Program.Request(["sh", "-c", greeting + script], environment: Environment.plain, descriptors: [other, other]))
        return (try Monitor(try socket.duplicate(), until: .after(.seconds(20))), player)
    }

    private func refusal(_ monitor: Monitor, until deadline: Kernel.Deadline) -> String {
        do throws(MachineError) { return "\(try monitor.execute("query-status", until: deadline))" } catch { return "\(error)" }
    }

    @Test func `what happens meanwhile is told between`() throws {
        let event = #"{"event": "RTC_CHANGE", "data": {}}"#
        let (monitor, player) = try monitor(#"read -r command; echo '\#(event)'; echo '\#(event)'; echo '{"return": [], "id": 2}'"#)
        #expect(try monitor.execute("query-status", until: .after(.seconds(20))) == [])
        #expect(try player.wait() == .exited(0))
    }

    @Test func `who tells of events for ever is not listened to for ever`() throws {
        let (monitor, player) = try monitor(#"exec timeout 30 yes '{"event": "RTC_CHANGE", "data": {}}'"#)
        #expect(refusal(monitor, until: .after(.milliseconds(100))) == "QEMU's monitor: query-status: no answer in time")
        player.send(9)
        _ = try player.wait()
    }

    @Test func `an answer to something else is none`() throws {
        let (monitor, player) = try monitor(#"read -r command; echo '{"return": [], "id": 1}'"#)
        #expect(refusal(monitor, until: .after(.seconds(20))) == "QEMU's monitor: query-status: the answer is another's")
        #expect(try player.wait() == .exited(0))
    }
}
