import JSON
import TestKit
import Testing

@Suite(.inGuest(.plain), .enabled(if: Guest.plain.canBoot, "no guest here"), .timeLimit(.minutes(3)))
struct PidsTests {
    /// A shell that keeps ten others.
    static let forking = """
        for number in 1 2 3 4 5 6 7 8 9 10; do sleep 3600 & done
        echo forked all
        """

    @Test func `a fork beyond the limit is refused`() throws {
        let bundle = try GuestBundle()
        bundle.resources("pids/limit", 5)
        bundle.process(
            "trap 'read -r count < $CG/pids.current; echo count $count; while read -r line; do echo $line; done < $CG/pids.events' EXIT\n"
                + Self.forking)
        let outcome = try bundle.run()
        #expect(outcome.errors.contains("can't fork"), "\(outcome)")
        #expect(!outcome.output.contains("forked all"))
        #expect(outcome.figures["count"] == 5)
        #expect(outcome.figures["max"] == 1)
    }

    @Test(arguments: [-1, 100])
    func `below the limit nothing is refused`(limit: Int) throws {
        let bundle = try GuestBundle()
        bundle.resources("pids/limit", .number("\(limit)"))
        bundle.process(Self.forking + "\ncat $CG/pids.max")
        let outcome = try bundle.run()
        #expect(outcome.outputLines == ["forked all", limit < 0 ? "max" : "100"], "\(outcome)")
    }

    @Test func `0 is a limit, by which the first process stays alone`() throws {
        let bundle = try GuestBundle()
        bundle.set("/ociVersion", "1.3.0")
        bundle.resources("pids/limit", 0)
        // Without the shell function's subshell: nothing here may fork.
        bundle.config.set("/process/args", ["/bin/sh", "-c", "echo alone; (echo forked); exit 0"])
        let outcome = try bundle.run()
        #expect(outcome.output == "alone\n", "\(outcome)")
        #expect(outcome.errors.contains("can't fork"))
    }
}
