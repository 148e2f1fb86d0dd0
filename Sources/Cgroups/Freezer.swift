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
        guard try setFrozen(true, limit) else {
            try write("0", to: "cgroup.freeze")
            throw .timedOut(cgroup: placement.path, awaited: "its processes did not freeze within \(limit)")
        }
    }

    /// Lets them go on, and waits until they do.
    public func thaw(within limit: Duration = .seconds(10)) throws(CgroupsError) {
        guard try setFrozen(false, limit) else {
            throw .timedOut(cgroup: placement.path, awaited: "its processes did not thaw within \(limit)")
        }
    }

    private func setFrozen(_ isFrozen: Bool, _ limit: Duration) throws(CgroupsError) -> Bool {
        try write(isFrozen ? "1" : "0", to: "cgroup.freeze")
        return try step("wait for \(placement.path)/cgroup.events") { () throws(SyscallError) in
            guard let events = try Events(directory) else { return true }
            return try events.wait(.frozen, isFrozen, until: .after(limit)) != .timedOut
        }
    }
}
