import JSON
import TestKit
import Testing

@Suite(.machineUnchanged, .enabled(if: Host.isRoot, "needs root"), .timeLimit(.minutes(2)))
struct ExecStreamTests {
    @Test func `stdin, stdout and stderr are those of exec`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(
            probe: "line", "--", "line", "--", "err", "to stderr", "--", "out", "to stdout", input: .text("hi\n"))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.contains("\"content\":\"hi\",\"end\":false") == true)
        #expect(lines.dropFirst().first?.contains("\"content\":\"\",\"end\":true") == true, "the end of stdin arrives")
        #expect(lines.last == "to stdout")
        #expect(outcome.errors == "to stderr\n")
    }

    @Test func `the process has them as they are, and nothing else open`() throws {
        let container = try Container(try waiting()).running()
        let report = try container.execReport()
        #expect(report.descriptors == [0, 1, 2])
        if UnderTest.isSwiftrun { #expect(report.target(ofDescriptor: 1)?.hasPrefix("pipe:") == true) }
    }

    @Test func `a user can open them anew`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(
            ["--user", "1000:1000"], probe: "open", "/proc/self/fd/1", "w", "--", "open", "/proc/self/fd/2", "w", "--", "open",
            "/proc/self/fd/0", "r",
            input: .text(""))
        for line in try outcome.lines() { #expect(line["result"]?.integer == 0, "\(line)") }
    }

    @Test func `a closed stdin is the null device`() throws {
        let container = try Container(try waiting()).running()
        let scratch = container.bundle.scratch
        let outcome = try execute(
            ["sh", "-c", #"exec "$@" <&-"#, "sh"] + container.execWords(probe: "line", "--", "report"), environment: scratch.environment)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try outcome.answer("line")["end"] == true)
        #expect(try outcome.report().descriptors == [0, 1, 2])
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 fails")) func `with all streams closed the process runs too`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try execute(
            ["sh", "-c", #"exec "$@" <&- >&- 2>&-"#, "sh"] + container.execWords(probe: "exit", "9"),
            environment: container.bundle.scratch.environment)
        #expect(outcome.status == 9)
    }

    @Test func `much output arrives whole though the pipe is full meanwhile`() throws {
        let bundle = try waiting()
        let size = 2 << 20
        try Files.write(bundle.rootfs + "/big", String(repeating: "0123456789abcdef", count: size / 16))
        let container = try Container(bundle).running()
        let content = try container.exec(probe: "cat", "/big").answer("cat")["content"]?.string
        #expect(content?.utf8.count == size)
    }

    @Test func `a reader that has gone ends the process, not exec`() throws {
        let bundle = try waiting()
        try Files.write(bundle.rootfs + "/big", String(repeating: "0123456789abcdef", count: 1 << 16))
        let container = try Container(bundle).running()
        let output = try Descriptor.pipe()
        let exec = try Program(
            Program.Request(
                container.execWords(probe: "cat", "/big"), environment: bundle.scratch.environment, descriptors: [nil, output.write, nil]))
        output.write.close()
        output.read.close()
        let ending = try exec.wait()
        if UnderTest.isSwiftrun { #expect(ending == .exited(128 + 13)) }
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 wants a terminal of its own for --tty"))
    func `a terminal's output arrives whole at a pipe`() throws {
        let bundle = try waiting()
        let size = 1 << 20
        try Files.write(bundle.rootfs + "/big", String(repeating: "0123456789abcdef", count: size / 16))
        let container = try Container(bundle).running()
        let outcome = try container.exec(["--tty"], probe: "cat", "/big", "--", "exit", "7")
        #expect(outcome.status == 7)
        #expect(try outcome.answer("cat")["content"]?.string?.utf8.count == size)
    }

    @Test(.enabled(if: UnderTest.isSwiftrun, "runc 1.1 wants a terminal of its own for --tty"))
    func `the end of stdin reaches a terminal as a terminal tells it`() throws {
        let container = try Container(try waiting()).running()
        let outcome = try container.exec(["--tty"], probe: "line", "--", "line", "--", "exit", "3", input: .text("typed\n"))
        #expect(outcome.status == 3)
        #expect(outcome.output.contains("\"content\":\"typed\",\"end\":false"))
        #expect(outcome.output.contains("\"content\":\"\",\"end\":true"))
    }
}
