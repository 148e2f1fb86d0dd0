internal import AgentProtocol
internal import GuestPlan
internal import JSON
internal import Kernel
public import Lifecycle
internal import Machine
internal import Plan
internal import Spec
public import Store

internal import struct Cgroups.Limits

extension SandboxBackend {
    /// nil: the container is to run on the host.
    public func design(
        _ request: CreateRequest, _ id: ContainerID, _ bundle: Bundle
    ) throws(LifecycleError) -> (any Blueprint)? {
        let placement: Placement
        do throws(SpecError) { placement = try Placement(bundle.config, id: id.text, program: program) } catch {
            throw LifecycleError("\(error)")
        }
        return placement == .host ? nil : try plan(request, id.text, bundle, placement)
    }

    private func plan(
        _ request: CreateRequest, _ id: String, _ bundle: Bundle, _ placement: Placement
    ) throws(LifecycleError) -> SandboxBlueprint {
        // Mounts, namespaces, another user for the machine.
        guard OwnIDs().effectiveUID == 0 else { throw LifecycleError("a virtual machine can be had by root only") }
        try refuseDescriptors(request.preservedDescriptors, of: "--preserve-fds")
        try refuseDescriptors(try listenDescriptors(), of: "$LISTEN_FDS")
        let config = bundle.config
        do {
            try checkMountNamespace(config)
            let facts = try readGuestFacts(config, bundle.path, placement, root: settings.root)
            let plan = try GuestPlan(try parse(bundle.document), config, id: id, placement, facts)
            var sandbox = id
            if case .joins(let other) = placement { sandbox = other }
            let hasTerminal = config.process?.hasTerminal ?? false
            // No socket of the host can be reached from another kernel. Our caller's manager covers the engine's, as on the host.
            let engines = engineNotifyDirectory(config, bundle: bundle.path) ?? ""
            let notify = request.tellsReadiness ? Places(root: settings.root, id: id).notify : engines
            let create = CreateOrder(
                id: id, config: plan.config, joins: plan.joins, sandbox: plan.joins.isEmpty ? "" : sandbox,
                streams: hasTerminal ? [.input, .output] : AgentProtocol.StandardStream.allCases, hasTerminal: hasTerminal,
                tellsReadiness: !notify.isEmpty)
            var order = Order(root: settings.root, id: id, sandbox: sandbox, .create(create))
            order.config = try parse(bundle.document)
            order.bundle = bundle.path
            order.notify = notify
            order.shares = plan.shares
            order.sysctls = plan.networkSysctls.map { Value.Member($0.key, .string($0.value)) }
            var warnings: [String] = []
            if placement == .boots {
                let host = try HostSettings(path: HostSettings.path)
                order.size = try MachineSize(config, standard: host.standardSize, overhead: host.overhead, facts)
                let accelerator = try Accelerator(host.accelerator)
                if accelerator.kind == .tcg {
                    warnings.append("the virtual machine's processor is translated by QEMU, which is slow: \(accelerator.reason)")
                }
            }
            return SandboxBlueprint(
                config: config, rootfs: facts.rootfs, order: order, network: plan.network, podPID: facts.sandboxPID,
                warnings: warnings, limits: try Limits(Resources()))
        } catch { throw LifecycleError("\(error)") }
    }
}

func refuseDescriptors(_ count: UInt32, of source: String) throws(LifecycleError) {
    guard count > 0 else { return }
    throw LifecycleError("\(source): descriptors of the host cannot be given to a process in a virtual machine")
}
