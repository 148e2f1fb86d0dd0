import CLinux

/// A terminal's size in characters.
public struct WindowSize: Hashable, Sendable {
    public var rows: UInt16
    public var columns: UInt16

    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}

/// Both ends of a new terminal. Neither becomes anybody's controlling terminal by that.
@frozen
public struct TerminalPair: ~Copyable, Sendable {
    public var master: OwnedFD
    public var slave: OwnedFD

    /// The corresponding system calls are `open(2)` of /dev/ptmx, and `ioctl(2)` with `TIOCSPTLCK` and `TIOCGPTPEER`.
    public init() throws(SyscallError) {
        let master = try open("/dev/ptmx", [.readWrite, .noControllingTerminal])
        let raw = master.raw
        try call("ioctl", "TIOCSPTLCK") { clinux_tty_unlock(raw) }
        slave = OwnedFD(adopting: try call("ioctl", "TIOCGPTPEER") { clinux_tty_open_peer(raw, O_RDWR | O_NOCTTY | O_CLOEXEC) })
        self.master = master
    }
}

/// Whether `raw`, a descriptor this process may have inherited, is a terminal.
///
/// The corresponding system call is `ioctl(2)` with `TCGETS2`.
public func isTerminal(_ raw: Int32) -> Bool {
    var attributes = termios2()
    return unsafe clinux_tty_get_attributes(raw, &attributes) >= 0
}

/// The corresponding system call is `ioctl(2)` with `TIOCGWINSZ`.
public func windowSize(of terminal: borrowing OwnedFD) throws(SyscallError) -> WindowSize {
    let raw = terminal.raw
    var size = clinux_winsize()
    try call("ioctl", "TIOCGWINSZ") { unsafe clinux_tty_get_size(raw, &size) }
    return WindowSize(rows: size.rows, columns: size.columns)
}

/// Tells the terminal its size; its foreground processes get SIGWINCH.
///
/// The corresponding system call is `ioctl(2)` with `TIOCSWINSZ`.
public func setWindowSize(of terminal: borrowing OwnedFD, _ size: WindowSize) throws(SyscallError) {
    let raw = terminal.raw
    var value = clinux_winsize(rows: size.rows, columns: size.columns, xpixel: 0, ypixel: 0)
    try call("ioctl", "TIOCSWINSZ") { unsafe clinux_tty_set_size(raw, &value) }
}

/// How a terminal treats what goes through it.
public struct TerminalAttributes: Sendable {
    private var value: termios2

    /// Those of `terminal` now. The corresponding system call is `ioctl(2)` with `TCGETS2`.
    public init(of terminal: borrowing OwnedFD) throws(SyscallError) {
        let raw = terminal.raw
        var value = termios2()
        try call("ioctl", "TCGETS2") { unsafe clinux_tty_get_attributes(raw, &value) }
        self.value = value
    }

    /// The same, but that every byte passes untouched, at once and without an echo, as after cfmakeraw(3).
    public func raw() -> TerminalAttributes {
        var result = self
        let input = IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON
        result.value.c_iflag &= ~UInt32(input)
        result.value.c_oflag &= ~UInt32(OPOST)
        result.value.c_lflag &= ~UInt32(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        result.value.c_cflag &= ~UInt32(CSIZE | PARENB)
        result.value.c_cflag |= UInt32(CS8)
        result.value.c_cc.6 = 1  // VMIN
        result.value.c_cc.5 = 0  // VTIME
        return result
    }

    /// The same, but that a newline goes out as it is: a terminal nested in another must not translate twice.
    public func withoutNewlineTranslation() -> TerminalAttributes {
        var result = self
        result.value.c_oflag &= ~UInt32(ONLCR)
        return result
    }

    /// Gives them to `terminal`, at once. The corresponding system call is `ioctl(2)` with `TCSETS2`.
    public func apply(to terminal: borrowing OwnedFD) throws(SyscallError) {
        let raw = terminal.raw
        var value = self.value
        try call("ioctl", "TCSETS2") { unsafe clinux_tty_set_attributes(raw, &value) }
    }
}
