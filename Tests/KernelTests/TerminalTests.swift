import Kernel
import TestKit
import Testing

@Suite struct TerminalTests {
    @Test func `a terminal is told from what is none`() throws {
        let terminal = try TestKit.Terminal()
        #expect(isTerminal(terminal.master.raw))
        #expect(try !isTerminal(open("/dev/null", .readWrite).raw))
        #expect(!isTerminal(2_000_000_000))
    }

    @Test func `a size that is set is seen at the other end`() throws {
        let terminal = try TestKit.Terminal()
        let slave = try open(terminal.path, [.readWrite, .noControllingTerminal])
        try setWindowSize(of: slave, WindowSize(rows: 33, columns: 101))
        #expect(terminal.size == (33, 101))
        terminal.resize(rows: 7, columns: 8)
        #expect(try windowSize(of: slave) == WindowSize(rows: 7, columns: 8))
        #expect(throws: SyscallError("ioctl", "TIOCGWINSZ", .notTerminal)) { try windowSize(of: open("/dev/null", .readOnly)) }
    }

    @Test func `raw bytes pass untouched and unechoed, and afterwards all is as before`() throws {
        let terminal = try TestKit.Terminal()
        let slave = try open(terminal.path, [.readWrite, .noControllingTerminal])
        let saved = try TerminalAttributes(of: slave)
        try write("a\n", to: slave)
        #expect(try terminal.output.wait(for: "\n") == "a\r\n")

        try saved.raw().apply(to: slave)
        // ^C, ^D, ^Z and a carriage return mean something to a terminal that is not raw.
        terminal.send("\u{3}\u{4}\u{1a}\r")
        #expect(try read(slave, count: 10) == [3, 4, 0x1a, 0x0d])
        try write("b\n", to: slave)
        #expect(try terminal.output.wait(for: "\n") == "b\n")

        try saved.apply(to: slave)
        terminal.send("c\r")
        #expect(try read(slave, count: 10) == [0x63, 0x0a])
        #expect(try terminal.output.wait(for: "\n") == "c\r\n")
    }

    @Test func `newlines alone can be left alone`() throws {
        let terminal = try TestKit.Terminal()
        let slave = try open(terminal.path, [.readWrite, .noControllingTerminal])
        try TerminalAttributes(of: slave).withoutNewlineTranslation().apply(to: slave)
        try write("a\n", to: slave)
        #expect(try terminal.output.wait(for: "\n") == "a\n")
    }
}
