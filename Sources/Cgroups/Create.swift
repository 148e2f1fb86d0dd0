import Kernel

extension Cgroup {
    /// Makes the cgroup of a new container and what is missing above it; what it made is gone again if it fails.
    ///
    /// - Parameter controllers: those the container's limits need (`Limits.controllers`). On a unified host all there are get
    ///   enabled, as engines read usage from them; on a hybrid one only these, as nobody expects more there.
    /// - Throws: `notEmpty` or `frozen` if the cgroup is there and unfit.
    public static func create(_ placement: Placement, controllers: Set<String>) throws(CgroupsError) -> Cgroup {
        var made = 0..<0
        do throws(CgroupsError) {
            let directory = try makeLevels(placement, controllers, &made)
            let cgroup = Cgroup(placement, directory, made: made.count)
            try cgroup.checkFitness()
            return cgroup
        } catch {
            try removeMade(placement, made)
            throw error
        }
    }

    /// Takes back what `create` made, after the container's processes are gone; a cgroup that was there before stays.
    public consuming func removeMade() throws(CgroupsError) {
        let depth = placement.levels.count
        try Self.removeMade(placement, (depth - made)..<depth)
    }

    private static func removeMade(_ placement: Placement, _ made: Range<Int>) throws(CgroupsError) {
        guard let deepest = made.last else { return }
        try remove(placement, level: deepest, within: .seconds(5))
        for level in made.dropLast().reversed() {
            guard let parent = try openLevels(placement, level) else { return }
            // In use by now: another container was put beside this one.
            try step("remove cgroup \(placement.path(of: level + 1))") { () throws(SyscallError) in
                try ignoring(.busy, .noEntry) { () throws(SyscallError) in
                    try removeDirectory(placement.levels[level], at: parent)
                }
            }
        }
    }

    private func checkFitness() throws(CgroupsError) {
        if made == 0 {
            let count = try processes(.withDescendants).count
            guard count == 0 else { throw .notEmpty(processes: count) }
        }
        // A new one too: it is frozen with its parent.
        guard try !isFrozen else { throw .frozen }
    }
}

/// Opens the last level, making those that are missing; `made` is the last ones so far that are ours, by index.
private func makeLevels(
    _ placement: Placement, _ controllers: Set<String>, _ made: inout Range<Int>
) throws(CgroupsError) -> OwnedFD {
    var directory = try openMount(placement)
    for (index, name) in placement.levels.enumerated() {
        let path = placement.path(of: index + 1)
        try enable(placement.layout == .unified ? .available : .only(controllers), in: directory, placement.path(of: index))
        if let child = try openChild(name, of: directory, path) {
            directory = child
            made = 0..<0
        } else {
            let isOurs = try makeCgroup(name, in: directory, path)
            made = isOurs ? (made.first ?? index)..<(index + 1) : 0..<0
            guard let child = try openChild(name, of: directory, path) else {
                throw .refused(step: "create cgroup \(path)", SyscallError("open", name, .noEntry))
            }
            directory = child
        }
        try settleType(of: directory, path, controllers)
    }
    return directory
}

/// false: somebody else was faster.
private func makeCgroup(_ name: String, in directory: borrowing OwnedFD, _ path: String) throws(CgroupsError) -> Bool {
    do throws(SyscallError) {
        try makeDirectory(name, at: directory, permissions: 0o755)
        return true
    } catch {
        guard error.errno == .exists else { throw .refused(step: "create cgroup \(path)", error) }
        return false
    }
}

/// Controllers whose limits only a domain can have, as runc tests them.
private let domainControllers: Set<String> = ["memory", "io", "cpu", "hugetlb"]

/// Makes a cgroup below a threaded one usable (cgroups(7), "Thread mode").
private func settleType(
    of directory: borrowing OwnedFD, _ path: String, _ controllers: Set<String>
) throws(CgroupsError) {
    let type = try step("read \(path)/cgroup.type") { () throws(SyscallError) in
        try readControl("cgroup.type", of: directory).filter { $0 != "\n" }
    }
    guard type != "domain" else { return }
    let wanted = controllers.intersection(domainControllers).sorted().joined(separator: ", ")
    guard wanted.isEmpty else {
        let state = type == "domain invalid" ? "in an invalid state" : "in \(type) mode"
        throw .unavailable("cannot enter cgroupv2 \(path) with domain controllers (\(wanted)) -- it is \(state)")
    }
    if type == "domain invalid" {
        try step("make cgroup \(path) threaded") { () throws(SyscallError) in
            try writeControl("threaded", to: "cgroup.type", of: directory)
        }
    }
}
