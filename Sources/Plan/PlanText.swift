internal import Spec
internal import Steps

extension LaunchPlan {
    /// The plan as a person reads it: what the parent prepares, then one step a line with its number.
    public var text: String {
        var lines: [String] = preparations.map { "\($0.name): \($0.value)" }
        let width = String(max(steps.count - 1, 0)).count
        for (index, step) in steps.enumerated() {
            let number = String(index)
            lines.append(String(repeating: " ", count: width - number.count) + "\(number)  \(step)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the parent does besides the steps, as pairs of a word and its subject.
    public var preparations: [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for join in joins { result.append(("open", "\(join.kind.rawValue) namespace \(join.path)")) }
        if let maps = idMaps {
            result.append(("uid map", maps.uids.map(\.line).joined(separator: ", ")))
            result.append(("gid map", maps.gids.map(\.line).joined(separator: ", ")))
        }
        for source in mappedSources {
            result.append(("owners", "of \(source.path): \(source.maps.uids.map(\.line).joined(separator: ", "))"))
        }
        if let score = oomScoreAdj { result.append(("oom_score_adj", "\(score)")) }
        let names = namespaceNames(cloneFlags)
        result.append(("clone", names.isEmpty ? "no new namespaces" : "new \(names) namespaces"))
        for limit in rlimits { result.append(("limit", "\(limit.resource.rawValue) \(limit.soft) \(limit.hard)")) }
        return result
    }
}

extension IDMapping {
    fileprivate var line: String { "\(containerID) \(hostID) \(size)" }
}

private func namespaceNames(_ flags: UInt64) -> String {
    Namespace.Kind.allCases.filter { flags & $0.cloneFlag != 0 }.map(\.rawValue).joined(separator: ", ")
}
