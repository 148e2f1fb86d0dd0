internal import ArgumentParser
internal import Kernel
internal import Lifecycle

struct Kill: Verb {
    static let configuration = CommandConfiguration(verb: "kill", "Send a signal to a container's process.")

    @Flag(name: .shortAndLong, help: ArgumentHelp("A stopped container is no error.", visibility: .hidden))
    var all = false

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    @Argument(help: "Number or name of a signal (default: SIGTERM).")
    var signal: String = "SIGTERM"

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        // 0 is no signal: it only asks whether the process is there.
        guard let number = signal == "0" ? 0 : Signal(signal)?.rawValue else { throw Failure("unknown signal \"\(signal)\"") }
        let runtime = try globals.runtime()
        do {
            try runtime.kill(id, signal: number, all ? .all : .initProcess)
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
