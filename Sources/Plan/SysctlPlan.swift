internal import Spec
internal import Steps

extension Planner {
    mutating func addSysctls() throws(PlanError) {
        for setting in config.linux.sysctl {
            let field = "/linux/sysctl/\(pointerToken(setting.key))"
            let path = sysctlPath(setting.key)
            try check(path, setting.key, field)
            add(.writeSysctl(try text("sys/" + path, field), try text(setting.value, field)))
        }
    }

    /// Only what belongs to one of the container's own namespaces may be set.
    private func check(_ path: String, _ key: String, _ field: String) throws(PlanError) {
        if path.split(separator: "/", omittingEmptySubsequences: false).contains(where: { $0.isEmpty || $0 == ".." || $0 == "." }) {
            throw PlanError(field, "is no name of a sysctl")
        }
        let ipc: Set<String> = [
            "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax",
            "kernel/shmmni", "kernel/shm_rmid_forced",
        ]
        if ipc.contains(path) || path.hasPrefix("fs/mqueue/") { return try require(.ipc, key, field) }
        if path.hasPrefix("net/") { return try require(.network, key, field) }
        if path.hasPrefix("user/") { return try require(.user, key, field) }
        switch path {
        case "kernel/hostname":
            throw PlanError(field, "conflicts with /hostname: use that instead")
        case "kernel/domainname":
            if !config.domainname.isEmpty { throw PlanError(field, "conflicts with /domainname") }
            return try require(.uts, key, field)
        default:
            throw PlanError(field, "sysctl \"\(key)\" is not in a separate kernel namespace")
        }
    }

    private func require(_ kind: Namespace.Kind, _ key: String, _ field: String) throws(PlanError) {
        guard namespace(kind) != nil, !facts.sharedNamespaces.contains(kind) else {
            throw PlanError(
                field, "sysctl \"\(key)\" is not allowed in the host's \(kind.rawValue) namespace: it is not in a separate kernel namespace")
        }
    }
}

/// The path below /proc/sys. The first separator decides which of `.` and `/` separates; the other is part of a name
/// (`net.ipv4.conf.eth0/1.forwarding`). sysctl.d(5).
public func sysctlPath(_ key: String) -> String {
    guard let first = key.first(where: { $0 == "." || $0 == "/" }), first == "." else { return key }
    return String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
}

/// A key as one step of a JSON pointer (RFC 6901).
func pointerToken(_ key: String) -> String {
    var result = ""
    for character in key {
        switch character {
        case "~": result += "~0"
        case "/": result += "~1"
        default: result.append(character)
        }
    }
    return result
}
