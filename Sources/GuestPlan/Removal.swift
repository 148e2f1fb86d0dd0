internal import JSON

extension GuestPlan {
    /// What the host does itself, or what has no meaning in another kernel.
    mutating func removeWhatIsOfTheHost() {
        let start = config["hooks"]?["startContainer"]
        config.remove(["hooks"])
        if let start, start != .null { config.set(["hooks"], .object([.init("startContainer", start)])) }
        // Labels and profiles of the host's kernel, its processors' numbers and its devices' numbers.
        for path in [
            ["vm"], ["process", "apparmorProfile"], ["process", "selinuxLabel"], ["linux", "mountLabel"], ["linux", "intelRdt"],
            ["linux", "resources", "cpu", "cpus"], ["linux", "resources", "cpu", "mems"], ["linux", "resources", "rdma"],
            ["linux", "resources", "blockIO"], ["linux", "resources", "network"],
        ] { config.remove(path) }
        if case .object(let files)? = config["linux"]?["resources"]?["unified"] {
            let kept = files.filter { file in !["cpuset.", "io.", "rdma."].contains { file.key.hasPrefix($0) } }
            config.set(["linux", "resources", "unified"], .object(kept))
        }
        if case .object(let annotations)? = config["annotations"] {
            config.set(["annotations"], .object(annotations.filter { !$0.key.hasPrefix("dev.swiftrun.sandbox") }))
        }
    }
}

extension Value {
    /// Puts `value` at the end of `path`, making the objects on the way.
    mutating func set(_ path: some Collection<String>, _ value: Value) {
        guard let key = path.first else {
            self = value
            return
        }
        var members: [Member] = []
        if case .object(let existing) = self { members = existing }
        let index = members.firstIndex { $0.key.isSame(as: key) } ?? members.endIndex
        if index == members.endIndex { members.append(Member(key, .null)) }
        members[index].value.set(path.dropFirst(), value)
        self = .object(members)
    }

    /// Takes what is at the end of `path` out, if it is there.
    mutating func remove(_ path: some Collection<String>) {
        guard case .object(var members) = self, let key = path.first,
            let index = members.firstIndex(where: { $0.key.isSame(as: key) })
        else { return }
        if path.count == 1 { members.remove(at: index) } else { members[index].value.remove(path.dropFirst()) }
        self = .object(members)
    }
}
