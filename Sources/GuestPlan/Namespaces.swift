internal import JSON
internal import Spec

extension GuestPlan {
    /// The guest's network is the pod's; the pod's other namespaces are those of the sandbox's process; new ones stay new. Paths of
    /// the host mean nothing in the guest.
    mutating func placeNamespaces(_ config: Config, _ placement: Placement, _ facts: GuestFacts) throws(GuestPlanError) {
        for kind in [Namespace.Kind.pid, .ipc] where !config.linux.namespaces.contains(where: { $0.kind == kind }) {
            throw GuestPlanError("/linux/namespaces", "the host's \(kind.rawValue) namespace cannot be shared with a virtual machine")
        }
        var kept: [Value] = []
        var hasNetwork = false
        for (index, namespace) in config.linux.namespaces.enumerated() {
            let field = "/linux/namespaces/\(index)/path"
            if !namespace.path.isEmpty { try check(namespace, field, config, placement, facts) }
            if namespace.kind == .network {
                hasNetwork = true
                if !namespace.path.isEmpty { network = NetworkNamespace(path: namespace.path, field: field) }
                continue
            }
            if !namespace.path.isEmpty, case .joins = placement { joins.append(namespace.kind.rawValue) }
            kept.append(.object([.init("type", .string(namespace.kind.rawValue))]))
        }
        guard hasNetwork else {
            throw GuestPlanError("/linux/namespaces", "the host's network namespace cannot be shared with a virtual machine")
        }
        self.config.set(["linux", "namespaces"], .array(kept))
    }

    private func check(
        _ namespace: Namespace, _ field: String, _ config: Config, _ placement: Placement, _ facts: GuestFacts
    ) throws(GuestPlanError) {
        let name = namespace.kind.rawValue
        if facts.sharedNamespaces.contains(namespace.kind) && !isSandboxes(namespace, facts) {
            throw GuestPlanError(field, "the host's \(name) namespace cannot be shared with a virtual machine")
        }
        switch placement {
        case .host: preconditionFailure("a container of the host has no guest")
        case .boots:
            if namespace.kind == .network { return }
            // An engine may hold a pod's namespaces by file before there is a process. Whom its users are mapped to is in config.json too.
            let hasMaps = !config.linux.uidMappings.isEmpty && !config.linux.gidMappings.isEmpty
            let isOfPod = namespace.kind == .ipc || namespace.kind == .uts || namespace.kind == .user && hasMaps
            if isOfPod, case .some(.sandbox) = podPlace(config) { return }
        case .joins:
            if isSandboxes(namespace, facts), [.network, .ipc, .uts, .pid, .user].contains(namespace.kind) { return }
        }
        throw GuestPlanError(field, "\(namespace.path): only namespaces of the own pod can be joined in a virtual machine")
    }

    private func podPlace(_ config: Config) -> PodPlace? {
        do throws(SpecError) { return try config.podPlace() } catch { return nil }
    }

    /// Whether the path leads to the process that stands for the machine, or is what the sandbox itself was given.
    private func isSandboxes(_ namespace: Namespace, _ facts: GuestFacts) -> Bool {
        if facts.sandboxPID > 0, namespace.path.hasPrefix("/proc/\(facts.sandboxPID)/ns/") { return true }
        return facts.sandboxShared.contains(namespace.kind) || facts.sandboxNamespaces.contains(namespace)
    }

    /// What is below `net.` would be refused for a container without a network namespace of its own.
    mutating func takeSysctls(_ config: Config) {
        guard case .object(let members)? = self.config["linux"]?["sysctl"] else { return }
        let isOfNetwork = { (key: String) in key.hasPrefix("net.") || key.hasPrefix("net/") }
        networkSysctls = config.linux.sysctl.filter { isOfNetwork($0.key) }
        self.config.set(["linux", "sysctl"], .object(members.filter { !isOfNetwork($0.key) }))
    }
}
