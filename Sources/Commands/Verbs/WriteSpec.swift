internal import ArgumentParser
internal import JSON
internal import Kernel
internal import Spec

struct WriteSpec: Verb {
    static let configuration = CommandConfiguration(verb: "spec", "Write a config.json to begin with.")

    @Option(name: .shortAndLong, help: ArgumentHelp("Directory to write it to (default: the working directory).", valueName: "dir"))
    var bundle: String?

    @Flag(help: "Make it one that a user without privileges can run.")
    var rootless = false

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        let ids = OwnIDs()
        let kind = rootless ? TemplateKind.rootless(uid: ids.effectiveUID, gid: ids.effectiveGID) : .rootful
        let path = bundle.map { Path.join($0, "config.json") } ?? "config.json"
        do {
            let file = try open(path, [.writeOnly, .create, .exclusive], permissions: 0o666)
            try write(templateConfig(kind).text(.indented("\t")) + "\n", to: file, subject: path)
        } catch {
            throw error.errno == .exists ? Failure("File config.json exists. Remove it first") : Failure(error)
        }
        return 0
    }
}
