internal import AgentProtocol
internal import JSON
internal import Kernel
internal import Spec

/// The processes of the host that stand for processes in guests: the program itself under other names.
public enum SandboxProcess {
    enum Role: String, CaseIterable {
        /// Has the machine besides.
        case supervisor = "swiftrun-supervisor"
        case proxy = "swiftrun-proxy"
    }

    /// The descriptors it is given.
    enum Passed {
        static let order: Int32 = 3
        static let runtime: Int32 = 4
        static let gate: Int32 = 5
        static let report: Int32 = 6
    }

    /// What it ends with where nobody knows how its process did.
    static let unknownEnd: Int32 = 255

    /// Whether this process was started as one of them.
    public static func isNeeded(_ arguments: [String]) -> Bool { arguments.first.flatMap(Role.init) != nil }

    public static func main() -> Never {
        do throws(SyscallError) {
            // Every signal is its process's: they are read one by one.
            try block(.all)
            _ = setUmask(0o022)
            // A signal that ends it with a dump is the process's own; and nobody traces it.
            try becomeUndumpable()
            // For people who look at process lists: it was executed by a path that tells nothing.
            try write(String(CommandLine.arguments[0].prefix(15)), to: "/proc/self/comm")
        } catch { exitProcess(unknownEnd) }
        let order: Order
        let standIn: Life
        do throws(SandboxError) {
            order = try readOrder()
            standIn = try Life(order)
        } catch { refuse(error) }
        end(standIn.live())
    }

    private static func readOrder() throws(SandboxError) -> Order {
        let text = try step("read the order") { () throws(SyscallError) in
            try readAll(OwnedFD(adopting: Passed.order), limit: 64 << 20)
        }
        return try Order(text)
    }

    /// Before there is anything to be undone.
    private static func refuse(_ error: SandboxError) -> Never {
        do throws(SyscallError) { try Word.failed("\(error)").send(on: OwnedFD(adopting: Passed.runtime)) } catch { _ = error }
        exitProcess(unknownEnd)
    }

    /// As its process did.
    private static func end(_ end: Notice.End?) -> Never {
        switch end {
        case .none: exitProcess(unknownEnd)
        case .code(let code): exitProcess(code)
        case .signal(let number):
            let signal = Signal(rawValue: number)
            do throws(SyscallError) {
                if signal != .kill && signal != .stop { try restoreDefault(of: signal) }
                try kill(ownPID(), signal)
                _ = try setBlocked(SignalSet())
            } catch { _ = error }
            // One that does not end a process by itself.
            exitProcess(128 + number)
        }
    }
}
