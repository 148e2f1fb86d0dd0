internal import ArgumentParser
internal import Lifecycle

struct Resume: Verb {
    static let configuration = CommandConfiguration(verb: "resume", "Let the processes of a paused container go on.")

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try globals.runtime()
        do {
            try runtime.resume(id)
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
