internal import Spec
internal import Steps

extension Planner {
    /// Prepares what execve(2) gets: argv, the environment, and where to look for the program.
    mutating func addEnvironment(_ process: Process) throws(PlanError) {
        var variables = deduplicated(process.environment)
        if request.listenDescriptors > 0 {
            variables.removeAll { $0.hasPrefix("LISTEN_FDS=") || $0.hasPrefix("LISTEN_PID=") }
            variables += ["LISTEN_FDS=\(request.listenDescriptors)", "LISTEN_PID=1"]
        }
        let hasHome = variables.contains { $0.hasPrefix("HOME=") && $0.utf8.count > 5 }
        variables.removeAll { $0 == "HOME=" }
        var result: [CText] = []
        for variable in variables { result.append(try text(variable, "/process/env")) }
        if !hasHome {
            // Room for the longest path; "/" for a user without an entry.
            let room = plan.pool.intern(Array("HOME=/".utf8) + [UInt8](repeating: 0, count: 4096))
            add(.findHome(uid: process.user.uid, room))
            result.append(room.text)
        }
        guard let name = process.arguments.first else { throw PlanError("/process/args", "must have at least one entry") }
        program = ProgramStep(
            name: try text(name, "/process/args/0"), candidates: try candidates(name, variables),
            arguments: try texts(process.arguments, "/process/args"), environment: plan.pool.intern(result))
    }

    mutating func addExecution() {
        if let program { add(.execute(program)) }
    }

    /// As execvp(3): a name with a slash is a path, another is looked up in the container's PATH. Entries of PATH that are no
    /// absolute paths are passed over.
    private func candidates(_ name: String, _ variables: [String]) throws(PlanError) -> CTexts {
        if name.contains("/") { return try texts([name], "/process/args/0") }
        let path = variables.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
        let directories = path.split(separator: ":").filter { $0.hasPrefix("/") }
        return try texts(directories.map { "\($0)/\(name)" }, "/process/env")
    }

    /// Of several settings of one variable the last holds, in the place of the first.
    private func deduplicated(_ environment: [String]) -> [String] {
        var places: [Substring: Int] = [:]
        var result: [String] = []
        for variable in environment {
            let name = variable.prefix { $0 != "=" }
            if let place = places[name] {
                result[place] = variable
            } else {
                places[name] = result.count
                result.append(variable)
            }
        }
        return result
    }
}
