import Kernel

extension Cgroup {
    /// Whether its processes are stopped by the freezer, its own or that of a cgroup above; false once it is gone.
    public var isFrozen: Bool {
        get throws(CgroupsError) {
            try step("read \(placement.path)/cgroup.events") { () throws(SyscallError) in
                try Events(directory)?.value(of: .frozen) ?? false
            }
        }
    }

    /// Stops every process in it and below it, and waits until they stand.
    ///
    /// One that the kernel cannot stop in time keeps none of the others stopped.
    public func freeze(within limit: Duration = .seconds(10)) throws(CgroupsError) {
        try write("1", to: "cgroup.freeze")
        guard try becomes(frozen: true, limit) else {
            try write("0", to: "cgroup.freeze")
            throw .timedOut(cgroup: placement.path, awaited: "its processes did not freeze within \(limit)")
        }
    }

    /// Lets them go on, and waits until they do; an error while a cgroup above keeps them frozen.
    public func thaw(within limit: Duration = .seconds(10)) throws(CgroupsError) {
        try write("0", to: "cgroup.freeze")
        if let above = try frozenAbove() { throw .unavailable("\(placement.path) stays frozen with \(above) above it") }
        guard try becomes(frozen: false, limit) else {
            throw .timedOut(cgroup: placement.path, awaited: "its processes did not thaw within \(limit)")
        }
    }

    private func becomes(frozen isFrozen: Bool, _ limit: Duration) throws(CgroupsError) -> Bool {
        try step("wait for \(placement.path)/cgroup.events") { () throws(SyscallError) in
            guard let events = try Events(directory) else { return true }
            return try events.wait(.frozen, isFrozen, until: .after(limit)) != .timedOut
        }
    }

    /// The path of the nearest cgroup above that is told to be frozen.
    private func frozenAbove() throws(CgroupsError) -> String? {
        for depth in (1..<placement.levels.count).reversed() {
            guard let directory = try openLevels(placement, depth) else { continue }
            let path = placement.path(of: depth)
            let state = try step("read \(path)/cgroup.freeze") { () throws(SyscallError) in
                try readControl("cgroup.freeze", of: directory)
            }
            if state.first == "1" { return path }
        }
        return nil
    }
}
