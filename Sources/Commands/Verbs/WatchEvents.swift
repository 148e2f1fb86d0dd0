internal import ArgumentParser
internal import JSON
internal import Lifecycle

struct WatchEvents: Verb {
    static let configuration = CommandConfiguration(verb: "events", "Print the usage and the out-of-memory events of a container.")

    @Option(parsing: .unconditional, help: ArgumentHelp("Time between two reports of the usage.", valueName: "duration"))
    var interval = "5s"

    @Flag(help: "Print the usage once and exit.")
    var stats = false

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        guard let time = goDuration(interval) else { throw Failure("--interval: invalid duration \"\(interval)\"") }
        // runc's words.
        guard time > .zero else { throw Failure("duration interval must be greater than 0") }
        let runtime = try globals.runtime()
        if stats {
            let usage: ContainerEvent
            do { usage = try runtime.statistics(id) } catch { throw Failure(error) }
            try print(usage, output)
            return 0
        }
        let events: any EventSource
        do { events = try runtime.events(id, every: time) } catch { throw Failure(error) }
        while let event = try next(events) { try print(event, output) }
        return 0
    }

    private func next(_ events: any EventSource) throws(Failure) -> ContainerEvent? {
        do { return try events.next() } catch { throw Failure(error) }
    }

    /// One line of JSON each.
    private func print(_ event: ContainerEvent, _ output: borrowing Output) throws(Failure) {
        try output.print(event.json.text(.compact) + "\n")
    }
}
