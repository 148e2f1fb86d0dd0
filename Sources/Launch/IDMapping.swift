internal import Kernel
internal import Plan
internal import Spec

/// Writes the id maps of a child's new user namespace. user_namespaces(7).
///
/// Without rights over the own user namespace a caller may map his own ids one to one, and must give up setgroups(2) for it; more
/// is done by newuidmap(1) and newgidmap(1), which know what /etc/subuid grants him.
func writeIDMaps(_ maps: IDMaps, of pid: Int32, _ proc: borrowing ProcFS) throws(LaunchError) {
    do throws(SyscallError) {
        let ids = OwnIDs()
        let mayMapAny = try ownCapabilities().effective & (1 << setUIDCapability) != 0
        if mayMapAny {
            try write(lines(maps.uids), to: try proc.open("\(pid)/uid_map", .writeOnly))
            try write(lines(maps.gids), to: try proc.open("\(pid)/gid_map", .writeOnly))
            return
        }
        if isOwn(maps.gids, ids.effectiveGID) {
            try write("deny", to: try proc.open("\(pid)/setgroups", .writeOnly))
            try write(lines(maps.gids), to: try proc.open("\(pid)/gid_map", .writeOnly))
        }
        if isOwn(maps.uids, ids.effectiveUID) {
            try write(lines(maps.uids), to: try proc.open("\(pid)/uid_map", .writeOnly))
        }
    } catch { throw .prepare("write id maps", error) }
    let ids = OwnIDs()
    if !isOwn(maps.gids, ids.effectiveGID) { try runMapper("newgidmap", maps.gids, pid) }
    if !isOwn(maps.uids, ids.effectiveUID) { try runMapper("newuidmap", maps.uids, pid) }
}

private let setUIDCapability: UInt64 = 7

private func lines(_ mappings: [IDMapping]) -> String {
    mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
}

private func isOwn(_ mappings: [IDMapping], _ id: UInt32) -> Bool {
    mappings.count == 1 && mappings[0].size == 1 && mappings[0].hostID == id
}

private func runMapper(_ name: String, _ mappings: [IDMapping], _ pid: Int32) throws(LaunchError) {
    guard let path = hostProgram(name) else {
        throw .unfit("\(name) is needed to map more than the own id, and is not in PATH")
    }
    var command = Command(name, path)
    command.arguments = [name, "\(pid)"] + mappings.flatMap { ["\($0.containerID)", "\($0.hostID)", "\($0.size)"] }
    command.environment = environment()
    try command.run()
}
