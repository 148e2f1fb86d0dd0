internal import ArgumentParser
internal import JSON
internal import Lifecycle
internal import Spec

struct List: Verb {
    static let configuration = CommandConfiguration(verb: "list", "List the containers of the root directory.")

    @Option(name: .shortAndLong, help: "table or json.")
    var format = Format.table.rawValue

    @Flag(name: .shortAndLong, help: "Print the names only.")
    var quiet = false

    enum Format: String { case table, json }

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        guard let layout = Format(rawValue: format) else { throw Failure("invalid format option: \(format)") }
        let runtime = try globals.runtime()
        let listing: Listing
        do {
            listing = try runtime.list()
        } catch {
            throw Failure(error)
        }
        for warning in listing.warnings { output.note(warning) }
        if quiet {
            try output.print(listing.containers.map { $0.state.id + "\n" }.joined())
            return 0
        }
        let users = UserNames.read()
        switch layout {
        case .table: try output.print(containerTable(listing.containers, users))
        case .json: try output.print(containerArray(listing.containers, users))
        }
        return 0
    }
}

func containerTable(_ containers: [ContainerState], _ users: UserNames) -> String {
    var rows = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
    for container in containers {
        let state = container.state
        rows.append([
            state.id, String(state.pid), state.status.rawValue, state.bundle, container.created, users[container.ownerUID],
        ])
    }
    return table(rows)
}

/// `null` without containers, as runc has it: Go prints an empty slice so.
func containerArray(_ containers: [ContainerState], _ users: UserNames) -> String {
    let documents = containers.map { $0.state.report(rootfs: $0.rootfs, created: $0.created, owner: users[$0.ownerUID]) }
    return (documents.isEmpty ? Value.null : .array(documents)).text(.compact) + "\n"
}
