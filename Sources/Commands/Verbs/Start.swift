internal import ArgumentParser
internal import Lifecycle

struct Start: Verb {
    static let configuration = CommandConfiguration(verb: "start", "Start the process of a created container.")

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try globals.runtime()
        do {
            try runtime.start(id)
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
