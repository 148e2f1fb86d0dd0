import JSON
import Spec
import Testing

@testable import Commands

private func verb<V: Verb>(_: V.Type, _ arguments: String...) throws -> V {
    guard case .verb(let verb, _) = try Request(arguments, Preamble(arguments)) else { throw Failure("no verb") }
    return try #require(verb as? V)
}

@Suite struct LiveVerbTests {
    @Test(arguments: [
        ("5s", 5_000_000_000), ("1m30s", 90_000_000_000), ("1.5h", 5_400_000_000_000), (".5s", 500_000_000), ("5.s", 5_000_000_000), ("10ms", 10_000_000),
        ("2us", 2000), ("2\u{B5}s", 2000), ("7ns", 7), ("0", 0), ("-2s", -2_000_000_000), ("+1s", 1_000_000_000),
    ])
    func `durations are Go's`(text: String, nanoseconds: Int64) {
        #expect(goDuration(text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: ["", "5", "s", "-", "5x", "1.2.3s", ".s", "5 s", "1e3s", "five s", "3000000h"])
    func `other texts are no durations`(text: String) {
        #expect(goDuration(text) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("123", 123), ("1k", 1024), ("1K", 1024), ("2kb", 2048), ("2KiB", 2048), ("64m", 64 << 20), ("1.5g", 3 << 29), ("1 GB", 1 << 30),
        ("1t", 1 << 40), ("1p", 1 << 50), ("7b", 7), ("-1", -1), ("9223372036854775807", Int64.max),
    ])
    func `sizes have units of 1024`(text: String, bytes: Int64) {
        #expect(byteCount(text) == bytes)
    }

    @Test(arguments: ["", "m", "-2", "1x", "1kk", "1 ", "k1", ".5k", "1.", "1i", "1ki", "0x10", "9223372036854775808", "9000p", "\u{661}k"])
    func `other texts are no sizes`(text: String) {
        #expect(byteCount(text) == nil)
    }

    @Test func `update takes all its options`() throws {
        let update = try verb(
            Update.self, "update", "--blkio-weight", "100", "--cpu-period", "1000", "--cpu-quota", "-1", "--cpu-burst", "3", "--cpu-share", "4",
            "--cpu-rt-period", "5", "--cpu-rt-runtime", "6", "--cpuset-cpus", "0-1", "--cpuset-mems", "0", "--cpu-idle", "1", "--memory", "1k",
            "--memory-reservation", "2k", "--memory-swap", "-1", "--pids-limit", "-1", "web")
        var expected = Resources()
        expected.blockIO.weight = 100
        expected.cpu.period = 1000
        expected.cpu.quota = -1
        expected.cpu.burst = 3
        expected.cpu.shares = 4
        expected.cpu.realtimePeriod = 5
        expected.cpu.realtimeRuntime = 6
        expected.cpu.cpus = "0-1"
        expected.cpu.mems = "0"
        expected.cpu.idle = 1
        expected.memory.limit = 1024
        expected.memory.reservation = 2048
        expected.memory.swap = -1
        expected.pidsLimit = -1
        #expect(try update.values() == expected)
        #expect(update.id == "web")
        #expect(try verb(Update.self, "update", "web").values() == Resources())
    }

    @Test func `standard input is one dash, joined or apart`() throws {
        for words in [["--resources", "-"], ["--resources=-"], ["-r", "-"], ["-r=-"]] {
            let arguments = ["update"] + words + ["web"]
            guard case .verb(let verb, _) = try Request(arguments, Preamble(arguments)) else { throw Failure("no verb") }
            #expect((verb as? Update)?.resources == "-", "\(words)")
        }
    }

    @Test func `what follows the id of ps is not its own`() throws {
        let ps = try verb(ListProcesses.self, "ps", "-f", "json", "web", "-f", "--format", "x", "--help")
        #expect(ps.format == "json")
        #expect(ps.words == ["web", "-f", "--format", "x", "--help"])
    }

    @Test(arguments: ["ps", "exec"], ["-h", "--help"])
    func `help is help, also where what is not understood is passed on`(name: String, flag: String) throws {
        guard case .text(let text) = try Request([name, flag], Preamble([name, flag])) else { throw Failure("no text") }
        #expect(text.contains("USAGE: swiftrun \(name)"))
    }

    @Test func `no processes are null, as runc prints it`() {
        #expect(processArray([]) == "null\n")
        #expect(processArray([1, 22]) == "[1,22]\n")
    }
}
