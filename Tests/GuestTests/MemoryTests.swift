import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct MemoryTests {
    static let mebibyte = 1 << 20

    /// Takes so many mebibytes at once, and writes to each page.
    static func taking(_ mebibytes: Int) -> String { "dd if=/dev/zero of=/dev/null bs=\(mebibytes)M count=1" }

    /// Swap for the whole guest; without it every limit of swap holds.
    static let withSwap = """
        if mkdir /run/swap 2>/dev/null; then
            modprobe zram && echo 512M > /sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null && swapon /dev/zram0 || exit 98
            touch /run/swap/on
        fi
        until [ -e /run/swap/on ]; do :; done

        """

    static func limited(_ mebibytes: Int) throws -> GuestBundle {
        let bundle = try GuestBundle()
        bundle.resources("memory/limit", .number("\(mebibytes * mebibyte)"))
        bundle.resources("memory/swap", .number("\(mebibytes * mebibyte)"))
        return bundle
    }

    @Test func `a process that takes more than the limit is killed`() throws {
        let bundle = try Self.limited(32)
        bundle.process("exec \(Self.taking(64))")
        #expect(try bundle.run().ending == .exited(137))
    }

    @Test func `its end is counted where a runtime's caller looks for it`() throws {
        let bundle = try Self.limited(32)
        bundle.process("\(Self.taking(64)); echo ended $?; cat $CG/memory.events")
        let outcome = try bundle.run()
        #expect(outcome.figures["ended"] == 137)
        #expect(outcome.figures["oom_kill"] == 1)
    }

    @Test func `what fits is let be`() throws {
        let bundle = try Self.limited(64)
        bundle.process("\(Self.taking(32)); echo ended $?; cat $CG/memory.events")
        let outcome = try bundle.run()
        #expect(outcome.figures["ended"] == 0, "\(outcome)")
        #expect(outcome.figures["oom_kill"] == 0)
    }

    @Test func `limit, reservation and swap are what the files say`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/memory", ["limit": 67_108_864, "reservation": 33_554_432, "swap": 100_663_296])
        let values = try bundle.values("memory.max", "memory.low", "memory.swap.max")
        #expect(values == ["memory.max": "67108864", "memory.low": "33554432", "memory.swap.max": "33554432"])
    }

    @Test func `-1 is no limit, for swap too`() throws {
        let bundle = try GuestBundle()
        bundle.resources("memory/limit", -1)
        #expect(try bundle.values("memory.max", "memory.swap.max") == ["memory.max": "max", "memory.swap.max": "max"])
    }

    @Test func `what exceeds memory goes to swap, up to its own limit`() throws {
        let bundle = try GuestBundle()
        bundle.set("/linux/resources/memory", ["limit": 33_554_432, "swap": 67_108_864])
        // tmpfs stays in use when its writer has ended: 48 MiB are more than the memory, 48 + 48 more than both.
        bundle.process(
            "dd if=/dev/zero of=/dev/shm/kept bs=1M count=48; echo ended $?; cat $CG/memory.swap.current; \(Self.taking(48)); echo second $?"
        )
        let outcome = try bundle.outside(Self.withSwap + "swiftrun run --bundle $BUNDLE $ID")
        #expect(outcome.figures["ended"] == 0, "\(outcome)")
        #expect(try #require(outcome.outputLines.dropFirst().first.flatMap { Int($0) }) > 12 * Self.mebibyte)
        #expect(outcome.figures["second"] == 137)
    }

    @Test func `a swap limit equal to that of memory allows no swap`() throws {
        let bundle = try Self.limited(32)
        bundle.process("dd if=/dev/zero of=/dev/shm/kept bs=1M count=48; echo ended $?; cat $CG/memory.swap.current")
        let outcome = try bundle.outside(Self.withSwap + "swiftrun run --bundle $BUNDLE $ID")
        #expect(outcome.figures["ended"] == 137, "\(outcome)")
        #expect(outcome.outputLines.last == "0")
    }
}
