import Glibc

/// The master of a pseudoterminal.
public final class Terminal {
    public let master: Descriptor
    public let output: Stream
    /// Path of the slave of a pair made here.
    public let path: String
    /// Held until a program has the terminal: without any slave a master is at its end.
    private let slave: Descriptor?

    public init(_ master: Descriptor) {
        self.master = master
        output = Stream(master)
        path = ""
        slave = nil
    }

    /// A new pair.
    public init() throws {
        var master: Int32 = -1
        var slave: Int32 = -1
        var name = [CChar](repeating: 0, count: 64)
        guard unsafe openpty(&master, &slave, &name, nil, nil) == 0 else { throw Failure("a new terminal: \(errnoText())") }
        self.master = Descriptor(try Descriptor.high(master))
        self.slave = Descriptor(try Descriptor.high(slave))
        output = Stream(self.master)
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Starts a program whose controlling terminal this is.
    public func run(_ command: [String], environment: [String]) throws -> Program {
        let program = try Program(Program.Request(command, environment: environment, terminal: path))
        slave?.close()
        return program
    }

    /// Keys as typed.
    public func send(_ keys: String) { _ = unsafe write(master.raw, keys, keys.utf8.count) }

    public var size: (rows: Int, columns: Int) {
        var size = winsize()
        _ = unsafe ioctl(master.raw, UInt(TIOCGWINSZ), &size)
        return (Int(size.ws_row), Int(size.ws_col))
    }

    public func resize(rows: Int, columns: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master.raw, UInt(TIOCSWINSZ), &size)
    }

    /// Gives it the size until `text` has come, everything up to which is the result: a program that begins asks for the size before it
    /// listens for SIGWINCH, and the kernel tells of a new size once.
    public func resize(rows: Int, columns: Int, until text: String, _ deadline: Deadline = .usual) throws -> String {
        while !deadline.hasPassed {
            resize(rows: rows, columns: columns - 1)
            resize(rows: rows, columns: columns)
            if let seen = try output.text(upTo: text, Deadline(after: 1)) { return seen }
        }
        return try output.wait(for: text, deadline)
    }

    public var isTerminal: Bool { isatty(master.raw) == 1 }
}
