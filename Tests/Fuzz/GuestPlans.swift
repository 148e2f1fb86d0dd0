import GuestPlan
import JSON
import Spec

/// A container in a virtual machine, its own or that of the container `sandbox`. What its guest gets can be read there.
func planInGuest(_ config: Config, _ bytes: [UInt8]) {
    var facts = GuestFacts()
    facts.rootfs = "/rootfs"
    facts.bundle = "/bundle"
    for (path, _) in GuestPlan.sources(of: config, bundle: facts.bundle) { facts.sources[path] = .directory }
    facts.sandboxPID = 1
    facts.sandboxShared = [.network, .ipc, .uts]
    _ = try? Placement(config, id: "id", program: Placement.programName)
    _ = try? MachineSize(config, standard: MachineSize(memory: 512, vcpus: 1), overhead: 128, facts)
    for placement in [Placement.boots, .joins("sandbox")] {
        do {
            let plan = try GuestPlan(try parse(bytes), config, id: "id", placement, facts)
            _ = try Config(bytes: Array(plan.config.text(.compact).utf8))
        } catch { _ = "\(error)" }
    }
}
