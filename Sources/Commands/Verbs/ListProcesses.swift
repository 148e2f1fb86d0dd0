internal import ArgumentParser
internal import JSON
internal import Lifecycle

struct ListProcesses: Verb {
    static let configuration = CommandConfiguration(verb: "ps", "List the processes of a container.")

    @Option(name: .shortAndLong, help: "table or json.")
    var format = Format.table.rawValue

    // What follows the id is for ps(1), dashes or not.
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Name of the container, and options of ps(1) (default: -ef).", valueName: "container-id> <ps-options"))
    var words: [String] = []

    enum Format: String { case table, json }

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        guard let id = words.first else { throw Failure("a container id is needed (see 'swiftrun ps --help')") }
        guard !id.hasPrefix("-") else { throw Failure("unknown option '\(id)' (see 'swiftrun ps --help')") }
        guard let layout = Format(rawValue: format) else { throw Failure("invalid format option: \(format)") }
        let runtime = try globals.runtime()
        let text: String
        do {
            text =
                switch layout {
                case .table: try table(of: id, runtime)
                case .json: processArray(try runtime.processes(id))
                }
        } catch {
            throw Failure(error)
        }
        try output.print(text)
        return 0
    }

    private func table(of id: String, _ runtime: Runtime) throws(LifecycleError) -> String {
        let options = Array(words.dropFirst())
        return try runtime.processTable(id, options: options.isEmpty ? ["-ef"] : options).map { $0 + "\n" }.joined()
    }
}

/// `null` without processes, as runc has it: Go prints an empty slice so.
func processArray(_ pids: [Int32]) -> String {
    (pids.isEmpty ? Value.null : .array(pids.map { Value($0) })).text(.compact) + "\n"
}
