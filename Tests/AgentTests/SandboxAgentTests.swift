import AgentProtocol
import JSON
import TestKit
import Testing

/// The agent in a real machine, spoken to over its line.
@Suite(.serialized, .enabled(if: AgentMachine.canBoot, "no guest kernel or QEMU here"), .timeLimit(.minutes(3)))
struct SandboxAgentTests {
    private static let shared = Result { try AgentMachine(1) }

    private func machine() throws -> AgentMachine { try Self.shared.get() }

    /// A running container that waits.
    private func container(_ id: String, resources: Value = .object([])) throws -> UInt32 {
        let channel = try machine().open(AgentMachine.create(id, ["sleep", "1000"], resources: resources))
        #expect(try machine().answer(on: channel) == .done(.null))
        #expect(try machine().ask(.start(id: id)) == .done(.null))
        return channel
    }

    private func remove(_ id: String, _ channel: UInt32) throws {
        let machine = try machine()
        #expect(try machine.ask(.kill(id: id, signal: 9, .initProcess)) == .done(.null))
        var said = Said()
        said.answer = .done(.null)
        #expect(try machine.rest(of: channel, into: said).end == .signal(9))
        #expect(try machine.ask(.delete(id: id, isForced: false)) == .done(.null))
    }

    @Test func `a container says what it has to and ends with its code`() throws {
        let machine = try machine()
        let channel = try machine.open(AgentMachine.create("once", ["sh", "-c", "cat; echo err >&2; exit 7"]))
        #expect(try machine.answer(on: channel) == .done(.null))
        #expect(try machine.ask(.state(id: "once")) == .done("created"))
        #expect(try machine.ask(.start(id: "once")) == .done(.null))
        try machine.send(.bytes(.input, Array("said\n".utf8)), on: channel)
        try machine.send(.end(.input), on: channel)
        let said = try machine.rest(of: channel, into: Said(answer: .done(.null)))
        #expect(said.text == "said\n")
        #expect(String(decoding: said.errors, as: UTF8.self) == "err\n")
        #expect(said.end == .code(7))
        #expect(try machine.ask(.state(id: "once")) == .done("stopped"))
        #expect(try machine.ask(.delete(id: "once", isForced: false)) == .done(.null))
        #expect(try machine.ask(.state(id: "once")) == .failed("container does not exist"))
    }

    @Test func `megabytes go both ways, and one that is not read holds up nobody`() throws {
        let machine = try machine()
        let init1 = try container("streams")
        let unread = try machine.open(AgentMachine.exec("streams", ["yes"]))
        let input = try machine.open(AgentMachine.exec("streams", ["wc", "-c"]))
        #expect(try machine.answer(on: input) == .done(.null))
        let piece = [UInt8](repeating: 120, count: 1 << 16)
        for _ in 0..<48 {
            while machine.room(on: input) < piece.count { try machine.receive() }
            try machine.send(.bytes(.input, piece), on: input)
        }
        try machine.send(.end(.input), on: input)
        #expect(try machine.rest(of: input, into: Said(answer: .done(.null))).text == "\(48 << 16)\n")
        let output = try machine.open(AgentMachine.exec("streams", ["dd", "if=/dev/zero", "bs=65536", "count=96"]))
        #expect(try machine.rest(of: output).output.count == 96 << 16)
        try machine.send(.close, on: unread)
        // The agent closes it too when the process is gone.
        while try machine.next(on: unread) != .close {}
        guard case .done(.array(let pids)) = try machine.ask(.processes(id: "streams")) else { throw Failure("no processes") }
        #expect(pids.count == 1)
        try remove("streams", init1)
    }

    @Test func `a terminal has a size, signals arrive, and a missing program is told`() throws {
        let machine = try machine()
        let init1 = try container("execs")
        let script = "trap 'stty size' WINCH; echo ready; read x; echo got $x; read y; exit 3"
        let terminal = try machine.open(AgentMachine.exec("execs", ["sh", "-c", script], hasTerminal: true))
        _ = try machine.wait(for: "ready", on: terminal)
        try machine.send(.bytes(.input, Array("it\n".utf8)), on: terminal)
        _ = try machine.wait(for: "got it", on: terminal)
        try machine.send(Instruction.resize(rows: 40, columns: 120), on: terminal)
        try machine.send(.bytes(.input, [10]), on: terminal)
        let said = try machine.rest(of: terminal, into: Said(answer: .done(.null)))
        #expect(said.text.contains("40 120"))
        #expect(said.end == .code(3))
        let sleeper = try machine.open(AgentMachine.exec("execs", ["sleep", "100"]))
        try machine.send(Instruction.signal(15), on: sleeper)
        #expect(try machine.rest(of: sleeper).end == .signal(15))
        let missing = try machine.open(AgentMachine.exec("execs", ["nosuch"]))
        #expect(try machine.rest(of: missing).answer == .failed("exec: \"nosuch\": executable file not found in $PATH"))
        try remove("execs", init1)
    }

    @Test func `limits hold, change, and want of memory is told`() throws {
        let machine = try machine()
        let init1 = try container("limits", resources: ["memory": ["limit": 33_554_432], "pids": ["limit": 30]])
        #expect(try machine.ask(.pause(id: "limits")) == .done(.null))
        #expect(try machine.ask(.state(id: "limits")) == .done("paused"))
        #expect(try machine.ask(.resume(id: "limits")) == .done(.null))
        #expect(try machine.ask(.update(id: "limits", resources: ["pids": ["limit": 20]])) == .done(.array([])))
        let watch = try machine.open(.watch(id: "limits"))
        #expect(try machine.answer(on: watch) == .done(.null))
        let eater = try machine.open(AgentMachine.exec("limits", ["sh", "-c", "head -c 100m /dev/zero | tail; exit 5"]))
        #expect(try machine.rest(of: eater).wasOutOfMemory)
        #expect(try machine.next(on: watch) == .message(Notice.outOfMemory.text, isWhole: true))
        guard case .done(let statistics) = try machine.ask(.statistics(id: "limits")) else { throw Failure("no statistics") }
        #expect(statistics["type"] == "stats")
        try machine.send(.close, on: watch)
        // The kernel may have killed more than one of the processes: each is told.
        var last = try machine.next(on: watch)
        while last == .message(Notice.outOfMemory.text, isWhole: true) { last = try machine.next(on: watch) }
        #expect(last == .close)
        try remove("limits", init1)
    }

    @Test func `the network is as it was told, and carries`() throws {
        let machine = try machine()
        let init1 = try container("network")
        func tell(_ address: String) throws -> Answer {
            let route: Value = [
                "destination": "10.0.2.0/24", "metric": 0, "scope": 253, "origin": 2, "onLink": false, "mtu": 0,
            ]
            let link: Value = [
                "name": "pod0", "hardwareAddress": .string(AgentMachine.hardwareAddress), "mtu": 1400,
                "addresses": [["address": .string(address), "scope": 0]], "routes": [route], "neighbours": [],
            ]
            return try machine.ask(.setNetwork(["links": [link]]))
        }
        func say(_ script: String) throws -> String {
            try machine.rest(of: machine.open(AgentMachine.exec("network", ["sh", "-c", script]))).text
        }
        #expect(try tell("10.0.2.9/24") == .done(.null))
        #expect(try tell("10.0.2.15/24") == .done(.null))
        #expect(try say("ip -o -4 address show dev pod0").split(separator: " ").dropFirst(3).first == "10.0.2.15/24")
        #expect(try say("ip link show dev pod0").contains("mtu 1400"))
        #expect(try say("ip route") == "10.0.2.0/24 dev pod0 scope link \n")
        #expect(try say("echo there and back | nc 10.0.2.100 7") == "there and back\n")
        #expect(
            try machine.ask(.setNetwork(["links": 1])) == .failed("network: /links: must be an array, found 1"))
        try remove("network", init1)
    }

    @Test func `every process is in the table, whatever its words are`() throws {
        let machine = try machine()
        let channel = try container("table")
        // No UTF-8, and more than a mebibyte.
        let script = #"w=$(printf %110000s); exec sh -c "read line" "$(printf '\377')" "$w" "$w" "$w" "$w" "$w" "$w" "$w" "$w" "$w" "$w""#
        let odd = try machine.open(AgentMachine.exec("table", ["sh", "-c", script]))
        #expect(try machine.answer(on: odd) == .done(.null))
        // The shell executes the other once it has all the words.
        var lines: [String] = []
        let deadline = Deadline.boot
        repeat {
            guard case .done(let table) = try machine.ask(.processTable(id: "table")) else { throw Failure("no table") }
            lines = table.strings
        } while !lines.contains { $0.contains("sh -c read line \u{FFFD} ") } && !deadline.hasPassed
        #expect(lines.contains { $0.contains("sh -c read line \u{FFFD} ") }, "\(lines.map { $0.prefix(200) })")
        try remove("table", channel)
    }

    @Test func `a container whose channel is closed is killed`() throws {
        let machine = try machine()
        let channel = try container("forsaken")
        try machine.send(.close, on: channel)
        #expect(try machine.next(on: channel) == .close)
        #expect(try machine.ask(.state(id: "forsaken")) == .done("stopped"))
        #expect(try machine.ask(.delete(id: "forsaken", isForced: false)) == .done(.null))
    }

    @Test func `nobody gets into the agent's namespaces`() throws {
        let order = CreateOrder(id: "beside", config: ["linux": ["namespaces": [["type": "mount"]]]])
        let answer = try machine().open(.create(order))
        #expect(
            try machine().rest(of: answer).answer
                == .failed("config.json: /linux/namespaces: the pid namespace of the guest's own processes cannot be a container's"))
    }

    @Test func `the machine goes off when it is asked to, and ends all in it`() throws {
        let asked = try AgentMachine(2)
        _ = try asked.open(AgentMachine.create("left", ["sleep", "1000"]))
        let channel = try asked.open(.shutDown)
        #expect(try asked.answer(on: channel) == .done(.null))
        #expect(try asked.end() == .exited(0))
    }
}
