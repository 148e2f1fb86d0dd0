internal import ArgumentParser
internal import JSON
internal import Lifecycle

struct ReportState: Verb {
    static let configuration = CommandConfiguration(commandName: "state", abstract: "Print the state of a container as JSON.")


    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ global: GlobalOptions, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try global.runtime()
        let state: ContainerState
        do {
            state = try runtime.state(id)
        } catch {
            throw Failure(error)
        }
        // As runc prints it: two spaces, no newline at the end.
        try output.print(stateDocument(state, owner: "").text(.indented("  ")))
        return 0
    }
}
