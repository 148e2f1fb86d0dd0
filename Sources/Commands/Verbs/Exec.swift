internal import ArgumentParser
internal import Lifecycle

struct Exec: Verb {
    static let configuration = CommandConfiguration(verb: "exec", "Run a process in a container.")

    @Option(help: ArgumentHelp("Unix socket that receives the terminal's master.", valueName: "socket"))
    var consoleSocket: String?

    @Option(help: ArgumentHelp("Unix socket that receives a pidfd of the process.", valueName: "socket"))
    var pidfdSocket: String?

    @Option(help: ArgumentHelp("Working directory in the container (default: the container's).", valueName: "dir"))
    var cwd: String?

    @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("Add to the environment.", valueName: "name=value"))
    var env: [String] = []

    @Flag(name: .shortAndLong, help: "Allocate a terminal.")
    var tty = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Numeric user, and group.", valueName: "uid[:gid]"))
    var user: String?

    @Option(name: [.customShort("g"), .long], parsing: .singleValue, help: ArgumentHelp("Add a supplementary group.", valueName: "gid"))
    var additionalGids: [UInt32] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("JSON file with the OCI process to run.", valueName: "file"))
    var process: String?

    @Flag(name: .shortAndLong, help: "Return once the process runs, do not wait for it.")
    var detach = false

    @Option(help: ArgumentHelp("File to write the process id to.", valueName: "file"))
    var pidFile: String?

    @Option(help: ArgumentHelp("SELinux label of the process.", valueName: "label"))
    var processLabel: String?

    @Option(help: ArgumentHelp("AppArmor profile of the process.", valueName: "profile"))
    var apparmor: String?

    @Flag(help: "Let the process gain no privileges by execve(2).")
    var noNewPrivs = false

    @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("Add a capability to the process.", valueName: "name"))
    var cap: [String] = []

    @Option(help: ArgumentHelp("Pass this many descriptors, from 3 on, to the process.", valueName: "n"))
    var preserveFds: UInt32 = 0

    @Option(help: ArgumentHelp("Run in a cgroup below the container's.", valueName: "path"))
    var cgroup: String?

    @Flag(help: "Run in a paused container too; the process waits until it is resumed.")
    var ignorePaused = false

    @Argument(help: ArgumentHelp("Name of the container.", valueName: "container-id"))
    var id: String

    @Argument(help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    /// Failures of its own are told from those of the process by their exit code.
    static let failureCode: Int32 = 255

    func run(_ globals: Globals, _ output: borrowing Output) throws(Failure) -> Int32 {
        do throws(Failure) { return try exec(globals) } catch {
            throw Failure("exec failed: \(error)", code: Self.failureCode)
        }
    }

    private func exec(_ globals: Globals) throws(Failure) -> Int32 {
        if !detach && consoleSocket != nil {
            throw Failure("cannot use console socket if swiftrun will not detach or allocate tty")
        }
        let runtime = try globals.runtime()
        do { return try runtime.exec(request) } catch { throw Failure(error) }
    }

    var request: ExecRequest {
        var request = ExecRequest(id: id, program: program, attachment: detach ? .detached(consoleSocket: consoleSocket) : .foreground)
        request.pidFile = pidFile
        request.pidfdSocket = pidfdSocket
        request.preservedDescriptors = preserveFds
        request.cgroup = cgroup ?? ""
        request.paused = ignorePaused ? .ignored : .refused
        return request
    }

    private var program: ExecRequest.Program {
        if let process { return .file(process) }
        var command = ExecRequest.Command(self.command)
        command.workingDirectory = cwd
        command.environment = env
        command.terminal = tty ? .allocated : .none
        command.user = user
        command.additionalGids = additionalGids
        command.capabilities = cap
        command.privileges = noNewPrivs ? .noNew : .asConfigured
        command.processLabel = processLabel
        command.apparmorProfile = apparmor
        return .command(command)
    }
}
