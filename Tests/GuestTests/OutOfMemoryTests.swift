import JSON
import TestKit
import Testing

/// What is said of processes that are killed for want of memory.
@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct OutOfMemoryTests {
    @Test func `each one that is killed is an event`() throws {
        let bundle = try MemoryTests.limited(32)
        bundle.process("exec sleep 3600")
        try bundle.start()
        let outcome = try bundle.outside(
            """
            swiftrun events --interval 1h $ID > $BUNDLE/events & events=$!
            until ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q "/$ID/memory.events"; do :; done
            for number in 1 2; do
                swiftrun exec $ID \(MemoryTests.taking(64)) 2>/dev/null; echo $?
                until [ $(grep -c . $BUNDLE/events) = $number ]; do :; done
            done
            swiftrun delete --force $ID; wait $events; echo $?; cat $BUNDLE/events
            """)
        let event = #"{"type":"oom","id":"\#(bundle.id)"}"#
        #expect(outcome.outputLines == ["137", "137", "0", event, event], "\(outcome)")
    }

    @Test func `an init that is killed before its program runs is told`() throws {
        let bundle = try GuestBundle()
        bundle.resources("memory", ["limit": 4096, "swap": 4096])
        bundle.process("exec sleep 3600")
        let outcome = try bundle.outside("swiftrun run --bundle $BUNDLE $ID; echo $?; ls -A $ROOT; [ ! -e $CG ]; echo $?")
        #expect(outcome.outputLines == ["1", "0"], "\(outcome)")
        #expect(outcome.errors.contains("container init was OOM-killed (memory limit too low?)"), "\(outcome)")
    }
}
