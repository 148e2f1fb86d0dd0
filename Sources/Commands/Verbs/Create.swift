internal import ArgumentParser
internal import Lifecycle

struct Create: Verb {
    static let configuration = CommandConfiguration(verb: "create", "Make a container of a bundle, its process waiting for `start`.")

    @OptionGroup var options: CreateOptions

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let request = options.request(.detached(consoleSocket: options.consoleSocket))
        let runtime = try globals.runtime()
        showPlan(of: request, runtime, output)
        do {
            for warning in try runtime.create(request) { output.warn(warning) }
        } catch {
            throw Failure(error)
        }
        return 0
    }
}
