internal import Cgroups
internal import Kernel

/// The cgroup of a container; nil: it is gone.
private func cgroup(of id: String) throws(CgroupsError) -> Cgroup? {
    try Cgroup.open(Placement(mountPoint: Place.cgroups, levels: [id], layout: .unified))
}

/// How many processes of the container the kernel has killed for want of memory; 0 where that cannot be told.
func memoryKills(of id: String) -> UInt64 {
    do throws(CgroupsError) {
        guard let cgroup = try cgroup(of: id) else { return 0 }
        return try cgroup.oomKills()
    } catch { return 0 }
}

/// A container whose memory is watched for the host.
final class MemoryWatch {
    let channel: UInt32
    private let events: MemoryEvents
    private var told: UInt64

    /// nil: there is no such container.
    init?(_ channel: UInt32, _ id: String) throws(CgroupsError) {
        guard let cgroup = try cgroup(of: id), let events = try MemoryEvents(cgroup) else { return nil }
        told = try events.kills() ?? 0
        self.events = events
        self.channel = channel
    }

    var watch: Watch { events.watch }

    /// How many processes were killed since the last look; nil: the container is gone.
    func look() throws(CgroupsError) -> UInt64? {
        guard let kills = try events.kills() else { return nil }
        let new = kills - told
        told = kills
        return new
    }
}
