internal import ArgumentParser
internal import Lifecycle

struct Run: Verb {
    static let configuration = CommandConfiguration(verb: "run", "Create a container and start it; wait for its process and delete it.")

    @OptionGroup var options: CreateOptions

    @Flag(name: .shortAndLong, help: "Return once the process runs, do not wait for it.")
    var detach = false

    @Flag(help: "Do not delete the container when its process ends.")
    var keep = false

    // swiftrun never needs to be the reaper of its container: a child of its own is waited for, another's is its parent's.
    @Flag(
        name: [.long, .customLong("no-subreaper", withSingleDash: true)],
        help: "Accepted for runc's sake; swiftrun is never a subreaper.")
    var noSubreaper = false

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        if !detach && options.consoleSocket != nil {
            throw Failure("cannot use console socket if swiftrun will not detach or allocate tty")
        }
        let request = options.request(detach ? .detached(consoleSocket: options.consoleSocket) : .foreground)
        let runtime = try globals.runtime()
        showPlan(of: request, runtime, output)
        let ended: Runtime.Ended
        do { ended = try runtime.run(request, afterwards: keep ? .keep : .delete) } catch { throw Failure(error) }
        for warning in ended.warnings { output.complain(warning) }
        guard let failure = ended.failure else { return ended.exitCode }
        throw Failure(failure, code: ended.exitCode)
    }
}
