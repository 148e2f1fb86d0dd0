internal import ArgumentParser
internal import Lifecycle

struct Pause: Verb {
    static let configuration = CommandConfiguration(verb: "pause", "Stop all processes of a container for a while.")

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try globals.runtime()
        do {
            try runtime.pause(id)
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
