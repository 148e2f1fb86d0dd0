internal import ArgumentParser
internal import Lifecycle

struct Delete: Verb {
    static let configuration = CommandConfiguration(verb: "delete", "Delete a stopped container and what belongs to it.")

    @Flag(name: .shortAndLong, help: "Kill it first if it runs; a missing container is no error.")
    var force = false

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try globals.runtime()
        do {
            for warning in try runtime.delete(id, force ? .yes : .no) { output.complain(warning) }
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
