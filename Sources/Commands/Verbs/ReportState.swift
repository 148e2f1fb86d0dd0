internal import ArgumentParser
internal import JSON
internal import Lifecycle
internal import Spec

struct ReportState: Verb {
    static let configuration = CommandConfiguration(verb: "state", "Print the state of a container as JSON.")

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let runtime = try globals.runtime()
        let container: ContainerState
        do {
            container = try runtime.state(id)
        } catch {
            throw Failure(error)
        }
        let report = container.state.report(rootfs: container.rootfs, created: container.created, owner: "")
        // As runc prints it: two spaces, no newline at the end.
        try output.print(report.text(.indented("  ")))
        return 0
    }
}
