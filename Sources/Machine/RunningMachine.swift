public import Kernel

/// A machine whose programs were started by this process, its children, and end with this value.
///
/// Its owner watches `link`, `console` and the programs' `pidfd`, and calls `readConsole` whenever there is something.
public struct RunningMachine: ~Copyable {
    /// QEMU.
    public let hypervisor: MachineProcess
    /// virtiofsd; nil: the guest has no files of the host.
    public let fileServer: MachineProcess?
    /// The line to the guest's agent: a stream socket.
    public let link: OwnedFD
    /// What the guest's console, QEMU and virtiofsd print, to be read by `readConsole` when it is readable. Does not wait.
    public let console: OwnedFD

    private let ring: ConsoleRing
    let monitor: Monitor
    private let files: BootFiles

    init(
        _ hypervisor: MachineProcess, _ fileServer: MachineProcess?, link: consuming OwnedFD, console: consuming OwnedFD,
        monitor: consuming OwnedFD, _ ring: ConsoleRing, _ files: consuming BootFiles
    ) throws(MachineError) {
        self.hypervisor = hypervisor
        self.fileServer = fileServer
        self.ring = ring
        do throws(MachineError) { self.monitor = try Monitor(monitor, until: .after(.seconds(30))) } catch {
            // What it has said on its standard error, such as that an option is unknown, tells more.
            let words = Self.rest(of: console, ring)
            if words.isEmpty { throw error }
            throw .unfit("\(error): \(words)")
        }
        self.link = link
        self.console = console
        self.files = files
    }

    private static func rest(of console: borrowing OwnedFD, _ ring: ConsoleRing) -> String {
        do throws(MachineError) {
            _ = try drain(console, ring)
            return try words(ring)
        } catch { return "" }
    }

    private static func words(_ ring: ConsoleRing) throws(MachineError) -> String {
        Machine.words(of: try step("read the console") { () throws(SyscallError) in try ring.read() }, limit: wordLimit)
    }

    /// Moves what has come from the console into the ring. False: it has ended, all who wrote to it are gone.
    @discardableResult
    public func readConsole() throws(MachineError) -> Bool { try Self.drain(console, ring) }

    private static func drain(_ console: borrowing OwnedFD, _ ring: ConsoleRing) throws(MachineError) -> Bool {
        try step("read the console") { () throws(SyscallError) in
            // As much as is there at once: a guest that never stops does not keep its owner here.
            for _ in 0..<16 {
                let bytes: [UInt8]
                do throws(SyscallError) { bytes = try read(console, count: 1 << 14) } catch {
                    guard error.errno == .tryAgain else { throw error }
                    return true
                }
                if bytes.isEmpty { return false }
                try ring.append(bytes)
            }
            return true
        }
    }

    /// For the end of an error's text: the line of the guest's panic, else the console's last lines, printable and on one line; empty where
    /// it has printed nothing.
    public func lastWords() throws(MachineError) -> String {
        let words = try Self.words(ring)
        return words.isEmpty ? "" : "; the console's last lines: \(words)"
    }

    /// Bytes.
    private static let wordLimit = 1024

    /// Frees the memory of what the guest was started from, once the agent has said something.
    public func forgetBootFiles() throws(MachineError) {
        try step("let go of the boot's files") { () throws(SyscallError) in try files.forget() }
    }

    /// What became of a program that has ended; nil: all run.
    public func failure() throws(MachineError) -> MachineError? {
        if let status = try hypervisor.look() {
            try readConsoleToEnd()
            return .ended("the virtual machine", status, console: try lastWords())
        }
        if let status = try fileServer?.look() {
            // It ends when QEMU hangs up, and may be seen before it.
            if try hypervisor.look(until: .after(.seconds(1))) != nil { return try failure() }
            return .ended("virtiofsd", status, console: try lastWords())
        }
        return nil
    }

    /// Whoever writes to it is dead.
    private func readConsoleToEnd() throws(MachineError) {
        var isMore = true
        while isMore {
            guard try readConsole() else { return }
            isMore = try step("read the console") { () throws(SyscallError) in
                try poll([Watch(console, .readable)], until: .passed) != nil
            }
        }
    }

    /// Kills what runs, reaps it, and moves the console's rest into the ring.
    public func end() throws(MachineError) {
        try hypervisor.end()
        try fileServer?.end()
        try readConsoleToEnd()
    }
}
