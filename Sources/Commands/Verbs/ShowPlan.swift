internal import ArgumentParser
internal import Lifecycle

struct ShowPlan: Verb {
    static let configuration = CommandConfiguration(verb: "plan", "Show what creating a container of a bundle would do, step by step.")

    @Option(name: .shortAndLong, help: ArgumentHelp("Directory of config.json (default: the working directory).", valueName: "dir"))
    var bundle: String?

    @Option(name: .shortAndLong, help: "text or json.")
    var format = Runtime.PlanFormat.text.rawValue

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        guard let known = Runtime.PlanFormat(rawValue: format) else { throw Failure("invalid format option: \(format)") }
        let runtime = try globals.runtime()
        let text: String
        do {
            text = try runtime.plan(bundle: bundle ?? ".", known)
        } catch {
            throw Failure(error)
        }
        try output.print(text.hasSuffix("\n") ? text : text + "\n")
        return 0
    }
}
