internal import Launch
internal import Store

extension HostBackend {
    func processTable(_ record: Record, _ pids: [Int32], options: [String]) throws(LifecycleError) -> [String] {
        let pids = Set(pids)
        let printed = try failing { () throws(LaunchError) in try output(of: "ps", options, within: 60) }
        let lines = printed.split(separator: "\n")
        // A warning may stand before it.
        for (index, line) in lines.enumerated() {
            guard let column = words(line).firstIndex(of: "PID") else { continue }
            let chosen = lines[(index + 1)...].filter { line in
                let fields = words(line)
                return fields.indices.contains(column) && Int32(fields[column]).map(pids.contains) == true
            }
            return ([line] + chosen).map(String.init)
        }
        throw LifecycleError("couldn't find PID field in ps output")
    }
}

private func words(_ line: Substring) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }
